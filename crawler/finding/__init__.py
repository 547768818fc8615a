"""Finding pages: which lists to ask, what they say, when to ask again. No network and, but for `steps`, no database."""
