"""Crawls as processes: one after another now, by their schedule, or read again from what is kept."""
