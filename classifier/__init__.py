"""From text to a probability, an act and the sentences that speak for it. Knows no web."""
