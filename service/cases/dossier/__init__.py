"""Berkas: one set of facts about a case, given out as a page, as JSON and as PDF."""
