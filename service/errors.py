"""The family of errors. Each knows its status, and its title in the catalogue (`galat.<code>`)."""

from typing import ClassVar

from service.language import Language


class NetraError(Exception):
    """Something that a person or a machine asked for and cannot have."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "galat"

    def __init__(self, **values: object) -> None:
        super().__init__(self.code)
        self.values = values
        """What the sentence in the catalogue names."""

    def say(self, language: Language) -> str:
        """The sentence that a reader gets."""
        return language(f"galat.{self.code}", **self.values)

    def __str__(self) -> str:
        """One English line, for command lines and logs."""
        return self.say(Language("en"))


class InvalidInput(NetraError):
    status = 422
    code = "masukan_salah"

    def __init__(self, reason: str) -> None:
        """`reason` is a key of the catalogue under `salah.`."""
        super().__init__()
        self.reason = reason

    def say(self, language: Language) -> str:
        return language(f"salah.{self.reason}")


class BadRequest(NetraError):
    """The body or the address cannot be read at all."""

    status = 400
    code = "permintaan_rusak"


class TooLarge(NetraError):
    """More than any form or machine of ours sends."""

    status = 413
    code = "terlalu_besar"


class NotSignedIn(NetraError):
    status = 401
    code = "belum_masuk"


class WrongPassword(NetraError):
    status = 401
    code = "sandi_salah"


class TooManyAttempts(NetraError):
    status = 429
    code = "terlalu_sering"


class Forbidden(NetraError):
    status = 403
    code = "tidak_berwenang"


class CrossSite(Forbidden):
    """Another site sent a person's browser here to change something."""

    code = "lintas_situs"


class OwnFirstReading(Forbidden):
    """A second reading belongs to somebody else than the first."""

    code = "penilai_pertama"


class NotFound(NetraError):
    status = 404
    code = "tidak_ada"


class Conflict(NetraError):
    status = 409
    code = "berubah"


class AlreadyHeld(Conflict):
    code = "sedang_ditahan"


class TooManyHeld(Conflict):
    code = "terlalu_banyak"


class NothingToTake(Conflict):
    code = "antrean_kosong"


class LeaseLost(Conflict):
    code = "waktu_habis"


class AlreadyAssessed(Conflict):
    code = "sudah_dinilai"


class CannotUndo(Conflict):
    code = "tak_bisa_dibatalkan"
