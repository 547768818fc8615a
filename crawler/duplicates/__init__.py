"""Near-duplicates: the same story told by many outlets, found while it is stored. docs/near-duplicates.md tells how."""
