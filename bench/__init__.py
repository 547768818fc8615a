"""What is promised, measured: `make bench EVAL=folder` rewrites docs/benchmarks.md and docs/benchmarks-crawler.md."""
