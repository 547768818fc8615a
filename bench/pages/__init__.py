"""One file a page of numbers in docs/: what it says around its tables, and which measurements fill them."""
