"""Whether each source keeps its promise: what is counted, what is usual, what is wrong, and since when."""
