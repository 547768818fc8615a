"""The trail, and whether it is whole."""
