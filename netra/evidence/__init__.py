"""Evidence read again: is it whole, what can be handed on, who attests its time. It joins WARC files, rows and the trail."""
