"""Indonesian stems, the same for the classifier and for the search of the queue."""
