"""Numbers about many flags: our own, kept as they change, and those that institutions published."""
