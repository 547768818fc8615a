"""Archives that only a key opens: age (age-encryption.org), by the library pyrage, in chunks that are each authenticated.

A machine that makes backups needs no key that opens them: NETRA_BACKUP_RECIPIENTS names public keys. NETRA_BACKUP_KEY is the
key itself, or a passphrase. A passphrase seals a key that is made for the one archive, in a line of its own before it.
"""

import base64
import binascii
import io
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import pyrage
from typing_extensions import Buffer

from models.settings import Settings
from netra.keeping.errors import ArchiveDamaged, KeepingError

AGE = b"age-encryption.org/v1\n"
SEALED_KEY = b"netra-backup-key: "
LONGEST_LINE = 4096
SHORTEST_PASSPHRASE = 16
OURS = "AGE-SECRET-KEY-"


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


class Encrypting:
    """What is written goes through a pipe to the library, which reads at its own pace, in a thread."""

    def __init__(self, sink: Sink, recipients: list[pyrage.x25519.Recipient]) -> None:
        reading, writing = os.pipe()
        self._pipe = os.fdopen(writing, "wb")
        self._work = _Work(lambda: pyrage.encrypt_io(source, kept, recipients))
        source, kept = os.fdopen(reading, "rb"), _Remembering(sink)
        self._kept = kept
        self._work.start(source)

    def write(self, data: bytes) -> int:
        try:
            return self._pipe.write(data)
        except BrokenPipeError:
            self.close()
            raise

    def close(self) -> None:
        """Raises what kept the library from writing, for instance a full disk."""
        _close(self._pipe)
        failed = self._work.end()
        if failed:
            raise self._kept.error or KeepingError(f"the archive cannot be encrypted: {failed}.")


class Decrypting:
    """Bytes of an encrypted archive, each of them authenticated before it is seen."""

    def __init__(self, file: BinaryIO, key: pyrage.x25519.Identity, path: Path) -> None:
        reading, writing = os.pipe()
        self._pipe, self._path = os.fdopen(reading, "rb"), path
        sink = os.fdopen(writing, "wb")
        self._work = _Work(lambda: pyrage.decrypt_io(cast(io.BufferedIOBase, file), sink, [key]))
        self._work.start(sink)

    def read(self, size: int) -> bytes:
        data = self._pipe.read(size)
        if len(data) < size and (failed := self._work.end()):
            if "matching keys" in str(failed):
                raise KeepingError(f"{self._path} is not for this key. Check NETRA_BACKUP_KEY; nothing was touched.") from failed
            raise ArchiveDamaged(self._path, "it was cut or changed after it was encrypted") from failed
        return data

    def close(self) -> None:
        _close(self._pipe)
        self._work.end()


def list_recipients(settings: Settings) -> tuple[list[pyrage.x25519.Recipient], bytes]:
    """For whom an archive is, and the line that stands before it; no recipients where nothing is to be encrypted."""
    key, named = settings.backup_key.get_secret_value().strip(), settings.backup_recipients.replace(",", " ").split()
    try:
        recipients = [pyrage.x25519.Recipient.from_str(name) for name in named]
        if key.startswith(OURS):
            recipients.append(pyrage.x25519.Identity.from_str(key).to_public())
    except (pyrage.RecipientError, pyrage.IdentityError) as error:
        raise KeepingError(f"NETRA_BACKUP_RECIPIENTS or NETRA_BACKUP_KEY is no key of age: {error}.") from error
    if recipients or not key:
        return recipients, b""
    if len(key) < SHORTEST_PASSPHRASE:
        raise KeepingError(
            f"NETRA_BACKUP_KEY is shorter than {SHORTEST_PASSPHRASE} characters. `netra backup key` makes a good one."
        )
    own = pyrage.x25519.Identity.generate()
    sealed = base64.b64encode(pyrage.passphrase.encrypt(str(own).encode(), key))
    return [own.to_public()], SEALED_KEY + sealed + b"\n"


def open_stream(file: BinaryIO, path: Path, settings: Settings) -> "tuple[Stream, Callable[[], None], bool]":
    """The bytes of an archive, how to close them, and whether they were encrypted."""
    start = file.read(max(len(AGE), len(SEALED_KEY)))
    file.seek(0)
    if not start.startswith((AGE, SEALED_KEY)):
        return file, lambda: None, False
    opened = Decrypting(file, _find_key(file, start, path, settings), path)
    return opened, opened.close, True


def make_key() -> tuple[str, str]:
    """A new key, and the public one that belongs to it."""
    key = pyrage.x25519.Identity.generate()
    return str(key), str(key.to_public())


def _find_key(file: BinaryIO, start: bytes, path: Path, settings: Settings) -> pyrage.x25519.Identity:
    key = settings.backup_key.get_secret_value().strip()
    if not key:
        raise KeepingError(f"{path} is encrypted. Set NETRA_BACKUP_KEY; nothing was touched.")
    try:
        if start.startswith(AGE):
            return pyrage.x25519.Identity.from_str(key)
        line = file.readline(LONGEST_LINE)
        return pyrage.x25519.Identity.from_str(
            pyrage.passphrase.decrypt(base64.b64decode(line[len(SEALED_KEY) :], validate=False), key).decode()
        )
    except (pyrage.DecryptError, pyrage.IdentityError, binascii.Error, ValueError) as error:
        raise KeepingError(f"{path} is not for this key, or damaged. Check NETRA_BACKUP_KEY; nothing was touched.") from error


class _Remembering(io.BufferedIOBase):
    """The library tells of an error in its own words; we want the very one."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink
        self.error: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        try:
            return self._sink.write(bytes(data))
        except OSError as error:
            self.error = error
            raise


class _Work:
    """The library at work in a thread, at the other end of a pipe."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._do = work
        self._failed: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._pipe: BinaryIO | None = None

    def start(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._thread.start()

    def end(self) -> Exception | None:
        self._thread.join()
        return self._failed

    def _run(self) -> None:
        try:
            self._do()
        except Exception as error:  # Whatever it is, the thread at the other end of the pipe raises it.
            self._failed = error
        finally:
            if self._pipe is not None:
                _close(self._pipe)


def _close(pipe: BinaryIO) -> None:
    """Without a word where the other end is gone already: the thread tells why."""
    with suppress(BrokenPipeError):
        pipe.close()
