"""What is on the screen as a file: counted first, for a purpose, masked, and written down before it leaves."""
