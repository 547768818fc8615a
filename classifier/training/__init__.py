"""From marked texts to learned numbers, by scikit-learn."""
