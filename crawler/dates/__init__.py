"""Dates as papers write them, from a moment with its zone down to the name of a month."""
