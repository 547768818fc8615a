"""Platforms with a public API: what to ask, and what an answer says. No network and no database in the platforms' files."""
