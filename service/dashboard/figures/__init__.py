"""Each figure: rows from the tallies, and what is drawn of them."""
