"""What keeps an archive from being scored."""


class RescoringError(Exception):
    """Nothing is lost by it; the message says how to mend it, and the same command goes on."""


class Misplaced(RescoringError):
    """A worker that sees another house, another artifact or other files than whoever sent it the work: all of it would fail."""
