"""Pages into rows: items, versions, snapshots. Whoever calls holds the transaction."""
