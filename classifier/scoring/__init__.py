"""From learned numbers to probabilities, acts and reasons, without scikit-learn."""
