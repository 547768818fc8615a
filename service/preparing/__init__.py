"""How far the demo is that fills while people look, said on every page of it."""
