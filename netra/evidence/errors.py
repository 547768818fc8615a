"""What keeps evidence from being handed on or stamped."""


class EvidenceError(Exception):
    """Nothing was written; the message says why and how to mend it."""
