"""What keeps data from being erased or held."""


class RetentionError(Exception):
    """Nothing was erased; the message says why and how to mend it."""
