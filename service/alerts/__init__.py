"""Peringatan: watch-lists, spikes, growing stories, deadlines and silent sources; on a page, by mail and by webhook."""
