"""Evidence at collection time: the bytes as fetched, in files that survive a kill, found again by row."""
