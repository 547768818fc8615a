"""The life of what was learned: saved, registered, compared, tried out, promoted."""
