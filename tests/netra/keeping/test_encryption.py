"""Archives that only their key opens."""

import io
from pathlib import Path

import pytest

from models.settings import Settings
from netra.keeping.encryption import AGE, Encrypting, list_recipients, make_key, open_stream
from netra.keeping.errors import KeepingError

DATA = bytes(range(256)) * 2_000
PATH = Path("uji.tar.age")


class FullDisk(io.BytesIO):
    def write(self, data: object, /) -> int:
        raise OSError(28, "No space left on device")


def encrypt(settings: Settings) -> bytes:
    recipients, line = list_recipients(settings)
    sink = io.BytesIO()
    sink.write(line)
    encrypting = Encrypting(sink, recipients)
    encrypting.write(DATA)
    encrypting.close()
    return sink.getvalue()


def decrypt(data: bytes, settings: Settings) -> bytes:
    stream, close, _ = open_stream(io.BytesIO(data), PATH, settings)
    try:
        found = b""
        while chunk := stream.read(100_000):
            found += chunk
        return found
    finally:
        close()


def with_key(key: str, recipients: str = "") -> Settings:
    return Settings(backup_key=key, backup_recipients=recipients, _env_file=None)  # pyright: ignore[reportArgumentType]


def test_a_key_opens_what_it_closed_and_no_other_does() -> None:
    data = encrypt(with_key(make_key()[0]))
    assert data.startswith(AGE)
    with pytest.raises(KeepingError, match="not for this key"):
        decrypt(data, with_key(make_key()[0]))


def test_a_machine_that_has_the_public_key_closes_what_only_the_secret_one_opens() -> None:
    secret, public = make_key()
    data = encrypt(with_key("", public))
    assert decrypt(data, with_key(secret)) == DATA
    with pytest.raises(KeepingError, match="Set NETRA_BACKUP_KEY"):
        decrypt(data, with_key("", public))


@pytest.mark.slow
def test_a_passphrase_opens_what_it_closed_and_another_does_not() -> None:
    data = encrypt(with_key("kata sandi yang panjang"))
    assert decrypt(data, with_key("kata sandi yang panjang")) == DATA
    with pytest.raises(KeepingError, match="not for this key"):
        decrypt(data, with_key("keliru"))


@pytest.mark.parametrize("part", [0.0002, 0.001, 0.1, 0.5, 0.9, 0.99999])
def test_a_flipped_byte_and_a_cut_are_refused(part: float) -> None:
    settings = with_key(make_key()[0])
    data = bytearray(encrypt(settings))
    with pytest.raises(KeepingError):
        decrypt(bytes(data[: min(int(len(data) * part) + 30, len(data) - 1)]), settings)
    data[int(len(data) * part)] ^= 1
    with pytest.raises(KeepingError):
        decrypt(bytes(data), settings)


@pytest.mark.parametrize(("key", "recipients"), [("pendek", ""), ("AGE-SECRET-KEY-1SALAH", ""), ("", "age1salah")])
def test_keys_that_are_none_are_refused(key: str, recipients: str) -> None:
    with pytest.raises(KeepingError, match="NETRA_BACKUP_"):
        list_recipients(with_key(key, recipients))


def test_a_full_disk_is_told_as_what_it_is() -> None:
    encrypting = Encrypting(FullDisk(), list_recipients(with_key(make_key()[0]))[0])
    with pytest.raises(OSError, match="No space left"):
        encrypting.write(DATA * 20)
