"""From characters to words, cues and documents."""
