"""Readings beside the first one: by a second person, by a third where two disagree, and of golden items."""
