"""More hands, measured: scoring by one, two and four processes, archives, and the memory of each program."""
