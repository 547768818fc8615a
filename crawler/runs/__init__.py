"""What a run of a source writes: its row and its events, the pages and lists that it read, and who holds its host."""
