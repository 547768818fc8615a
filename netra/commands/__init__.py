"""One module a subject. Each command imports its room when it runs, so that `netra --help` answers at once."""
