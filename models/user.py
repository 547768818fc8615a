"""People, their roles and areas, their sign-ins, and tokens for machines."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, Sha256, Slug


class Permission(StrEnum):
    READ_QUEUE = "antrean.baca"
    ASSESS = "penanda.nilai"
    READ_SOURCES = "sumber.baca"
    READ_AUDIT = "jejak.baca"
    MANAGE_USERS = "pengguna.kelola"


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
    created_at: Mapped[CreatedAt]


class UserRole(Base):
    """A role in an area (wilayah kerja): `33` reaches all of Jawa Tengah, none reaches the nation."""

    __tablename__ = "user_roles"
    __table_args__ = (UniqueConstraint("user_id", "role_name", "region_code"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    role_name: Mapped[str] = mapped_column(String(40), ForeignKey("roles.name"))
    region_code: Mapped[RegionCode | None]


class UserSession(Base):
    """A sign-in. The browser holds the token; only its hash is stored."""

    __tablename__ = "user_sessions"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(Base):
    """A machine's key to /api/v1: it acts as its owner, no wider than `can_write` says."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    can_write: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
