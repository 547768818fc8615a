"""What threads gave back is used by all of them."""

import ctypes
import subprocess
import sys

import pytest

COUNT = """
import ctypes, threading
from netra.allocator import limit_arenas
limit_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
gate = threading.Barrier(9)
def work():
    libc.malloc(1000)
    gate.wait()
for _ in range(8):
    threading.Thread(target=work).start()
gate.wait()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="only glibc has arenas to limit")
@pytest.mark.parametrize(("said", "arenas"), [({}, 2), ({"MALLOC_ARENA_MAX": "1"}, 1)])
def test_eight_threads_share_the_arenas(said: dict[str, str], arenas: int) -> None:
    done = subprocess.run([sys.executable, "-c", COUNT], env=said, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.count("<heap nr=") == arenas
