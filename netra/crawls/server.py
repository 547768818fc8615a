"""How the process lives that crawls are forked from: named, and in a group of its own.

It heeds no signal but the kill, because one that is sent to a whole group or service is for the crawls and their owner. It ends
when its owner is gone. Only multiprocessing's fork server imports this module, before it loads anything else.
"""

import atexit
import os
import signal

from netra.crawls.process import SERVER, name_process

atexit.register(os._exit, 0)  # To tidy up what it has loaded takes longer than its crawls may outlive their owner.
os.setpgid(0, 0)  # Ctrl-C reaches the group of the terminal.
# Held back and not handled: Python forgets what a process hears while it is being forked, and a crawl must hear it.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
name_process(SERVER)
