"""People, their roles and areas, their sign-ins, and tokens for machines."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Sha256, Slug, words


class Permission(StrEnum):
    READ_QUEUE = "antrean.baca"
    ASSESS = "penanda.nilai"
    MANAGE_QUEUE = "antrean.kelola"
    """Set the weights, and do one deed on many flags of one's area, other people's holds among them."""
    READ_SOURCES = "sumber.baca"
    MANAGE_SOURCES = "sumber.kelola"
    """Say that an alarm of a source was seen."""
    READ_CASES = "perkara.baca"
    MANAGE_CASES = "perkara.kelola"
    REFER_CASES = "perkara.teruskan"
    """Send a case on to the agency that oversees neutrality."""
    OPEN_NAMES = "pribadi.buka"
    """See the name of a person concerned, with a reason that stays in the trail."""
    EXPORT = "ekspor.buat"
    """Take what is on the screen out of the house as a file, for a purpose that stays in the trail."""
    READ_INTERCHANGE = "pertukaran.baca"
    """A machine of another agency: read referred cases as documents, and nothing else."""
    READ_DASHBOARD = "dasbor.baca"
    """See counts and balances of one's area."""
    READ_AUDIT = "jejak.baca"
    MANAGE_USERS = "pengguna.kelola"
    MANAGE_AGENCIES = "lembaga.kelola"
    """Say which institution has which task from when to when."""
    MANAGE_TIPS = "informasi.kelola"
    """See what the public sent, put it aside, and read its contacts."""
    ANSWER_CORRECTIONS = "koreksi.jawab"
    """Answer what people ask of what is held about them, and carry it out."""


class Role(Base):
    """Peran: a name and what it may do. The rows come from models/data/roles.yml."""

    __tablename__ = "roles"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(80))
    permissions: Mapped[list[str]] = mapped_column(default=list)


class User(Base):
    __tablename__ = "users"

    id: Mapped[Id]
    username: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    """Has a published password: may sign in only while the demo runs."""
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    """An admin chose the password: before anything else its owner chooses another."""
    created_at: Mapped[CreatedAt]


class UserRole(Base):
    """A role in an area (wilayah kerja): `33` reaches all of Jawa Tengah, none reaches the nation.

    An agency narrows it to matters of that agency's civil servants.
    """

    __tablename__ = "user_roles"
    __table_args__ = (UniqueConstraint("user_id", "role_name", "region_code", "agency_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    role_name: Mapped[str] = mapped_column(String(40), ForeignKey("roles.name"))
    region_code: Mapped[RegionCode | None]
    agency_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("agencies.id"))


class SignInMethod(StrEnum):
    PASSWORD = "sandi"  # noqa: S105 - the name of a way, not a password
    PROVIDER = "oidc"
    """Another house said who it is."""


class UserSession(Base):
    """A sign-in. The browser holds the token; only its hash is stored."""

    __tablename__ = "user_sessions"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    """Of its last request, to the minute; a sign-in that nobody uses ends."""
    browser: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Which browser on which system, as far as its owner needs to know it again."""
    method: Mapped[SignInMethod] = mapped_column(words(SignInMethod), default=SignInMethod.PASSWORD, server_default="sandi")
    verified_at: Mapped[datetime | None]
    """When the second factor was shown last."""


class ApiToken(Base):
    """A machine's key to /api/v1: it acts as its owner, no wider than `can_write`, scopes and region say."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    can_write: Mapped[bool] = mapped_column(default=False)
    prefix: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """Its first characters, by which people tell tokens apart."""
    scopes: Mapped[list[str] | None]
    """Permissions; None is all that its owner has."""
    region_code: Mapped[RegionCode | None]
    """Where alone it holds; None is wherever its owner may."""
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
