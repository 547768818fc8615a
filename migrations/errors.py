"""What keeps a database from being upgraded."""


class UpgradeError(Exception):
    """The tables are as they were; the message says why and how to mend it."""


class TablesBusy(UpgradeError):
    """Somebody holds a lock that a migration needs, and everybody else would wait behind the migration."""

    def __init__(self, holders: list[str]) -> None:
        who = "; ".join(holders) or "whoever it was has ended meanwhile"
        super().__init__(
            f"the tables are in use and were left as they are. Open transactions, the oldest first: {who}. "
            "Run it again when they are done, or end one with: SELECT pg_terminate_backend(PID)"
        )


class UpgradeRunning(UpgradeError):
    """Another process has held the lock of upgrades for too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"another upgrade of this database has been running for more than {seconds:.0f} s. "
            "Wait for it, then run this one again: it goes on where that one ended."
        )
