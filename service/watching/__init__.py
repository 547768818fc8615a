"""What machines watch: figures for Prometheus, and whether we are ready."""
