"""Everything at once, for an hour: crawls, scoring, people who decide, and a classifier that is trained again."""
