"""From the web into items: what is listed, what is read, what is kept. Knows no scores and no users."""
