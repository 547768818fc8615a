"""Files that monitors and analysts hold, into items: .txt, .html, .csv, .jsonl, .warc(.gz)."""
