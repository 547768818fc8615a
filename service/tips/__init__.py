"""Informasi masyarakat: a page without an account, and the desk where coordinators put spam aside."""
