"""Permintaan koreksi: a page without an account, and the office that answers within 3 x 24 hours and carries it out."""
