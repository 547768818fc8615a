"""The classifier, measured: what it finds, how fast it reads, and what one would try first."""
