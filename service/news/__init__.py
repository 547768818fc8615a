"""News for open pages: a stream that says "something new", and nothing else."""
