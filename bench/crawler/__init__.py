"""The crawler, measured: reading pages, what a page costs, near-duplicates, and when a source is silent."""
