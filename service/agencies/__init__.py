"""Lembaga: which institution has which task from when to when, kept by admins and never overwritten."""
