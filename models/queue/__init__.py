"""Where a flag stands among the others, and why: how it is raised, placed, moved and found."""
