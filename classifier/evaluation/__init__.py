"""How good it is, and whether it takes sides."""
