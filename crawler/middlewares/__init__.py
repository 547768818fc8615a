"""Between the spider and the network: addresses, robots.txt, pace, and what each failure means."""
