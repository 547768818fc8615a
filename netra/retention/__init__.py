"""What has had its time is erased, counted first, in small steps that may be cut off, and leaves a tombstone and a trail."""
