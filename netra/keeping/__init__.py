"""Keeping the house: backups of all of it, their way back, and a database moved from one engine to another."""
