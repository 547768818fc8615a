"""Peringatan: what somebody should look at now, the lists that ask for it, and the ways on which it leaves the house."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, RegionCode, words


class AlertKind(StrEnum):
    WATCH = "pantauan"
    """A flag that a watch-list asks for."""
    SPIKE = "lonjakan"
    """More flags of a region or an act than its own last 28 days explain."""
    CLUSTER = "klaster"
    """A new story that many outlets carry."""
    DEADLINE = "tenggat"
    """Flags of a region with two days left at most."""
    EXPIRED = "lewat_tenggat"
    SILENT = "sumber"
    """A source with an open alarm."""
    CORRECTION = "koreksi"
    """Requests for correction with less than a day left, for each person who may answer them."""


class Alert(Base):
    """Peringatan: one thing that is said once; `key` sees to it. Who sees it follows from its kind, its region and `user_id`."""

    __tablename__ = "alerts"

    id: Mapped[Id]
    kind: Mapped[AlertKind] = mapped_column(words(AlertKind))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    region_code: Mapped[RegionCode | None]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    """The one person whom it is for; None for all who may read the region."""
    watch_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("watches.id"))
    flag_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("flags.id"))
    source_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sources.id"))
    is_of_agency: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of the flags of the region's own agencies alone: for whoever works for one of them and does not read the region."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Counts, days and codes that its sentence names; never a name of a person, never a word of a text."""
    created_at: Mapped[CreatedAt] = mapped_column(index=True)

    __table_args__ = (
        Index("ix_alerts_region_code_id", "region_code", "id"),
        Index("ix_alerts_watch_flag", "watch_id", "flag_id"),
    )


class AlertRead(Base):
    """Dibaca: who has seen which alert."""

    __tablename__ = "alert_reads"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    alert_id: Mapped[int] = mapped_column(BigId, ForeignKey("alerts.id"), primary_key=True, autoincrement=False)
    read_at: Mapped[CreatedAt]


class Watch(Base):
    """Pantauan: what a person wants to be told of. Every field that is set must fit."""

    __tablename__ = "watches"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    is_shared: Mapped[bool] = mapped_column(default=False)
    """Its alerts go to all who may read the region of the flag."""
    region_code: Mapped[RegionCode | None]
    office: Mapped[str | None] = mapped_column(String(40))
    source_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sources.id"))
    act: Mapped[str | None] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(String(200), default="")
    cluster_size: Mapped[int | None]
    """Items of its story at least, as the last refresh of the queue counted them."""
    created_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]


class Cadence(StrEnum):
    OFF = "mati"
    HOURLY = "tiap_jam"
    DAILY = "harian"


class AlertSubscription(Base):
    """Langganan: where a person's digest goes, and how far it has come."""

    __tablename__ = "alert_subscriptions"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    email: Mapped[str] = mapped_column(String(254), default="")
    cadence: Mapped[Cadence] = mapped_column(words(Cadence), default=Cadence.OFF)
    last_alert_id: Mapped[int] = mapped_column(BigId, default=0)
    """The newest alert that a digest has named."""
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    claimed_until: Mapped[datetime | None]
    """A run is sending it until then."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row."""
    problem: Mapped[str] = mapped_column(String(300), default="")


class Webhook(Base):
    """Webhook: an address of another program that is told of alerts, as far as the area of its owner reaches."""

    __tablename__ = "webhooks"

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(Text)
    secret_sealed: Mapped[str] = mapped_column(Text)
    """Encrypted: a signature needs it in clear, so a hash would not do."""
    former_secret_sealed: Mapped[str | None] = mapped_column(Text)
    """What it was before it was changed; deliveries are signed with both until `former_until`."""
    former_until: Mapped[datetime | None]
    last_alert_id: Mapped[int] = mapped_column(BigId, default=0)
    """Alerts up to here have their delivery."""
    created_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]


class DeliveryState(StrEnum):
    WAITING = "menunggu"
    SENT = "terkirim"
    DEAD = "mati"
    """Given up after its last attempt; `reason` says why."""


class WebhookDelivery(Base):
    """Pengantaran: one alert on its way to one webhook. It keeps its `message_id` however often it is tried."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (UniqueConstraint("webhook_id", "alert_id"), Index("ix_webhook_deliveries_due", "state", "next_at"))

    id: Mapped[Id]
    webhook_id: Mapped[int] = mapped_column(BigId, ForeignKey("webhooks.id"))
    alert_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("alerts.id"))
    """None for a test."""
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    """When it is tried again; while a run has it, when another may have it."""
    status: Mapped[int | None]
    """What the last answer was."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
