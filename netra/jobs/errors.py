"""What can go wrong around jobs; what goes wrong within one is written down with its run."""


class JobError(Exception):
    """Nothing can be done as asked; the message says how to mend it."""


class JobHeld(JobError):
    """Somebody else does the job at this moment."""
