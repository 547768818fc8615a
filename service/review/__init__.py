"""The queue: take, release, assess, undo."""
