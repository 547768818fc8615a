"""What cannot be done with a reading."""

from service.errors import Conflict, Forbidden


class OwnReading(Forbidden):
    """The last word belongs to somebody who is neither of the two readers."""

    code = "salah_satu_pembaca"


class NotDisputed(Conflict):
    """Somebody else has had the last word, or a reading was withdrawn."""

    code = "tak_berbeda_lagi"
