"""One text with its reasons and its evidence."""
