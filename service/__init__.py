"""The review room: pages and an API in which people assess what was flagged."""
