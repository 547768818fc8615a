"""Pages as a browser shows them: their picture, and their text where there is none without scripts.

Chromium is driven in a process of its own that has no database and no key. The browser has no network: whatever a page
asks for is fetched by us, from the hosts that the source file names, or refused (docs/adr/0009).
"""
