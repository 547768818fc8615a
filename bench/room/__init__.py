"""The review room, measured over HTTP: its own server processes, real sign-ins, both engines."""
