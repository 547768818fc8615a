"""Counts and balances of what was flagged and what people made of it. Reads kept tallies only."""
