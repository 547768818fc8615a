"""How PostgreSQL tells open pages of new flags: a trigger on `flags` notifies once a transaction that raises some."""

CHANNEL = "netra_flags"
"""As migration 0024 writes it."""
