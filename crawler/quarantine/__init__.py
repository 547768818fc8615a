"""Pages that we could not read: their bytes wait here until a reader can."""
