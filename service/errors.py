"""The family of errors. Each knows its status, and its title in the catalogue (`galat.<code>`)."""

from typing import ClassVar

from service.language import Language


class NetraError(Exception):
    """Something that a person or a machine asked for and cannot have."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "galat"
    retry_after: int | None = None
    """Seconds after which it is worth another try; None where time changes nothing."""

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


class BadKey(BadRequest):
    """An Idempotency-Key that no client of ours makes."""

    code = "kunci_rusak"


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

    def __init__(self, *, minutes: int, **values: object) -> None:
        super().__init__(minutes=minutes, **values)
        self.retry_after = minutes * 60


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


class MethodNotAllowed(NotFound):
    """The address exists, and this is not what one does with it."""

    status = 405
    code = "cara_salah"


class KeyReused(NetraError):
    """The Idempotency-Key belongs to another request of the last 24 hours."""

    status = 422
    code = "kunci_terpakai"


class Stale(NetraError):
    """What `If-Match` names is not what is there now."""

    status = 412
    code = "versi_lama"


class VersionNeeded(NetraError):
    """This house takes no decision without `If-Match`."""

    status = 428
    code = "versi_diperlukan"


class PersonsOnly(Forbidden):
    """A token asked for what only a person in a browser does."""

    code = "hanya_orang"


class PasswordChangeNeeded(Forbidden):
    """An admin chose the password; its owner has not chosen another yet."""

    code = "ganti_sandi"


class SecondFactorNeeded(Forbidden):
    """This deed asks for a code of the second factor first."""

    code = "perlu_faktor"


class WrongCode(NetraError):
    """No code of this person's second factor, or one that was used already."""

    status = 422
    code = "kode_salah"


class ProviderRefused(NetraError):
    """What came back from the OpenID provider signs nobody in. Its reason stands in the log, not on the page."""

    status = 401
    code = "penyedia_menolak"


class ProviderSilent(NetraError):
    status = 502
    code = "penyedia_diam"


class DatabaseAway(NetraError):
    """It is restarted, cut off, or too busy. Whether a commit under way was carried out nobody knows yet."""

    status = 503
    code = "basis_data_diam"
    retry_after = 5


class StorageFull(NetraError):
    """No space is left for what somebody wanted to keep."""

    status = 503
    code = "penyimpanan_penuh"
    retry_after = 60


class TooManyRows(NetraError):
    """More rows than a file may have."""

    status = 422
    code = "terlalu_banyak_baris"


class Conflict(NetraError):
    status = 409
    code = "berubah"


class KeyRunning(Conflict):
    """The same request is being worked on at this moment."""

    code = "kunci_berjalan"
    retry_after = 1


class AlreadyHeld(Conflict):
    code = "sedang_ditahan"


class TooManyHeld(Conflict):
    code = "terlalu_banyak"


class TooManyKept(Conflict):
    code = "terlalu_banyak_ditahan"


class OrderChanged(Conflict):
    """Flags moved since a walk through the queue began: its next page would repeat some and hide others."""

    code = "urutan_berubah"


class NothingToTake(Conflict):
    code = "antrean_kosong"


class LeaseLost(Conflict):
    code = "waktu_habis"


class AlreadyAssessed(Conflict):
    code = "sudah_dinilai"


class AlarmSettled(Conflict):
    """Somebody else has acknowledged it, or it is over."""

    code = "alarm_selesai"


class Restricted(Conflict):
    """It lies still because its person asked for that, until the request is decided (UU 27/2022 Ps 11)."""

    code = "dibatasi"


class CannotUndo(Conflict):
    code = "tak_bisa_dibatalkan"


class FlagInCase(Conflict):
    """A flag is in one case at a time."""

    code = "sudah_dalam_perkara"


class CaseMerged(Conflict):
    """It was taken into another case and changes no more."""

    code = "perkara_digabung"


class NotConfirmed(Conflict):
    """No lead of the case has signs of a violation that two people saw."""

    code = "belum_dua_penilai"


class NoAgency(Conflict):
    """Nobody has the task on that day, as far as the data tell."""

    code = "tanpa_lembaga"


class ReferrerAssessedFirst(Forbidden):
    """Who saw the signs first does not send them on as well."""

    code = "peneruskan_pertama"


class AlreadyReferred(Conflict):
    """That agency has it: a second referral would report the same person twice."""

    code = "sudah_diteruskan"


class NameTaken(Conflict):
    code = "nama_dipakai"


class OwnAccount(Conflict):
    """Nobody takes away their own rights: an admin would be the last one without noticing."""

    code = "akun_sendiri"


class FactorExists(Conflict):
    code = "faktor_ada"


class AlreadyCorrected(Conflict):
    code = "sudah_dikoreksi"


def list_kinds() -> list[type[NetraError]]:
    """Every kind of error of every room, by status and code."""
    found, waiting = list[type[NetraError]](), [NetraError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return sorted(found, key=lambda kind: (kind.status, kind.code))
