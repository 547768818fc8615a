"""What keeps a backup, its way back or a copy from being made."""


class KeepingError(Exception):
    """Nothing that was there was touched; the message says why and how to mend it."""


class ArchiveDamaged(KeepingError):
    """An archive is no backup of ours, or no longer as it was written."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}. Nothing was touched; take another backup, or fetch this one again.")
