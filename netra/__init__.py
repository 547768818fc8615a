"""The command line and the demo: the only place that sees crawler, classifier and service at once."""
