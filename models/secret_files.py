"""Secrets that stand in files: `NETRA_SECRET_KEY_FILE=/run/secrets/secret_key` in place of `NETRA_SECRET_KEY`."""

import logging
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

logger = logging.getLogger(__name__)

LARGEST = 64 * 1024
TOO_OPEN = stat.S_IRWXO | stat.S_IWGRP
"""Rights of others, and the group's right to write. That a group reads is how a service is often given its secrets."""


def is_secret_file(name: str) -> bool:
    """Whether a variable of the environment names the file of a secret."""
    return name.startswith("NETRA_") and name.endswith("_FILE")


class SecretFiles(PydanticBaseSettingsSource):
    """What systemd's credentials and containers' secrets bring: the environment names a file, and the file holds the secret.

    Whoever names a file means it to be there: one that is missing or empty is refused, never taken for "no secret".
    """

    also: ClassVar = frozenset({"database_url"})
    """Settings that may hold a password without being secret as a whole."""

    def __init__(self, settings_cls: type[BaseSettings], *given: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._given = _merge(given)
        self._prefix = settings_cls.model_config.get("env_prefix", "").lower()

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields
        found = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not None}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = self._given.get(f"{self._prefix}{field_name}_file")
        if not path or not (field.annotation is SecretStr or field_name in self.also):
            return None, field_name, False
        try:
            if self._given.get(f"{self._prefix}{field_name}"):
                raise _refusal("is set as well as its file {path}: keep one of the two", path)
            return _read(Path(path)), field_name, False
        except PydanticCustomError as error:
            details = InitErrorDetails(type=error, loc=(field_name,), input=path)
            raise ValidationError.from_exception_data(self.settings_cls.__name__, [details]) from None


def _read(path: Path) -> str:
    """What a file holds, without the end of its line, which editors add and `echo` does too."""
    try:
        if not path.is_file():
            raise _refusal("there is no file {path}", path)
        content = _read_bounded(path).decode().rstrip("\r\n")
    except OSError as error:
        raise _refusal("{path} cannot be read: {why}", path, error.strerror) from None
    except UnicodeDecodeError:
        raise _refusal("{path} is no text in UTF-8", path) from None
    if not content:
        raise _refusal("{path} is empty", path)
    if path.stat().st_mode & TOO_OPEN:
        logger.warning("%s holds a secret and is open to others: chmod 600, or 640 with a group of its own", path)
    return content


def _read_bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refusal("{path} is larger than a secret can be", path)
    return content


def _merge(given: tuple[PydanticBaseSettingsSource, ...]) -> Mapping[str, str | None]:
    """Names in small letters, as these sources keep them; the first source that says something counts."""
    merged = dict[str, str | None]()
    for source in reversed(given):
        if isinstance(source, EnvSettingsSource):
            merged |= source.env_vars
    return merged


def _refusal(message: str, path: Path | str, why: str | None = None) -> PydanticCustomError:
    return PydanticCustomError("secret_file", message, {"path": str(path), "why": why or "unknown"})  # pyright: ignore[reportArgumentType]
