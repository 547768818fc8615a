"""How people prove who they are beside a password: another house's account, a second factor, codes for the day without it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, Sha256


class UserIdentity(Base):
    """An account at the OIDC provider that signs this person in. An admin links it beforehand; it never makes a person."""

    __tablename__ = "user_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    """`sub` of the provider. Names and addresses there may change hands, this does not."""
    created_at: Mapped[CreatedAt]


class SecondFactor(Base):
    """A person's TOTP secret (RFC 6238), sealed with the key of the house."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    secret_sealed: Mapped[str] = mapped_column(String(400))
    confirmed_at: Mapped[datetime | None]
    """Empty until the first right code: before that it asks for nothing and opens nothing."""
    last_step: Mapped[int | None] = mapped_column(BigId)
    """The newest step of 30 seconds whose code was used; that one and older ones are refused."""
    created_at: Mapped[CreatedAt]


class RecoveryCode(Base):
    """Opens once what the second factor opens. Long and random, so a plain hash keeps it."""

    __tablename__ = "recovery_codes"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    code_sha256: Mapped[Sha256] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """One failed sign-in, for the limits alone: who and from where are hashes under a key of the day. Kept for two days."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_account", "account", "at"),
        Index("ix_sign_in_failures_address", "address", "at"),
    )

    id: Mapped[Id]
    at: Mapped[CreatedAt]
    account: Mapped[Sha256]
    address: Mapped[Sha256]
    device: Mapped[str | None] = mapped_column(String(64))
    """Hash of the mark of a browser that this account has signed in with before; None of strangers."""
