"""The same work for machines, as JSON under /api/v1."""
