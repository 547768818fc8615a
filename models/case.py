"""Perkara: leads that belong together, whom they concern, what is still missing, and what the institutions did."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.assessment import Answer
from models.base import Base, BigId, CreatedAt, Id, RegionCode, Sha256, words


class SubjectStatus(StrEnum):
    """What kind of civil servant the reported person is, as far as anybody knows."""

    PNS = "pns"
    PPPK = "pppk"
    PPPK_PART_TIME = "pppk_paruh_waktu"
    UNKNOWN = "belum_diketahui"


class ExternalStatus(StrEnum):
    """Where a case stands at the institutions: mirrored by hand, never made by us."""

    LEAD = "informasi_awal"
    INQUIRY = "penelusuran"
    FINDING = "temuan"
    REPORT = "laporan"
    NOT_REGISTERED = "tidak_diregistrasi"
    REGISTERED = "diregistrasi"
    CLARIFICATION = "klarifikasi"
    NO_VIOLATION = "bukan_pelanggaran"
    REFERRED = "diteruskan_bkn"
    """To the body that oversees neutrality: BKN, before it KASN."""
    CRIMINAL = "gakkumdu"
    AWAITS_BKN = "menunggu_verifikasi_bkn"
    AWAITS_PPK = "menunggu_ppk"
    """The recommendation lies with the PPK (Pejabat Pembina Kepegawaian), who decides on a sanction."""
    MORAL = "sanksi_moral"
    MEDIUM = "disiplin_sedang"
    HEAVY = "disiplin_berat"
    DISMISSED = "ptdh"
    UNSUPPORTED = "tidak_terbukti"
    REFUSED = "ditolak"
    CANCELLED = "dibatalkan"
    LEFT_SERVICE = "pensiun_berhenti"
    BLOCKED = "diblokir"
    UNBLOCKED = "buka_blokir"


class Case(Base):
    """Perkara. Its subject is an office in an agency in a region; a name is optional, and masked wherever it is shown."""

    __tablename__ = "cases"

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(200))
    region_code: Mapped[RegionCode | None]
    office: Mapped[str] = mapped_column(String(200), default="")
    agency: Mapped[str] = mapped_column(String(200), default="")
    """Instansi, as people write it."""
    agency_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    """The same in lower case with single spaces: what is counted together."""
    subject_status: Mapped[SubjectStatus] = mapped_column(words(SubjectStatus), default=SubjectStatus.UNKNOWN)
    subject_name: Mapped[str] = mapped_column(String(200), default="")
    subject_number: Mapped[str] = mapped_column(String(40), default="")
    """NIP or NIK, which SBT asks for."""
    act: Mapped[str | None] = mapped_column(String(40))
    happened_on: Mapped[date | None]
    """The day of the act; it decides the law. Where nobody knows it, the day of the first text does."""
    place: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    witnesses: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Saksi, one a line, by office or initials: what the forms of the institutions ask for."""
    discovered_at: Mapped[datetime]
    """When the first of its leads was seen: the legal clocks start here."""
    opened_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    opened_at: Mapped[CreatedAt]
    changed_at: Mapped[CreatedAt]
    merged_into_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("cases.id"), index=True)

    status: Mapped[ExternalStatus | None] = mapped_column(words(ExternalStatus))
    """The newest of its mirror; this and the next two are derived, as its clocks and stages are."""
    status_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    """When an institution closed it without a sanction: nobody is waited for any more."""

    __table_args__ = (Index("ix_cases_region_code", "region_code", "id"),)


class CaseLead(Base):
    """A flag of a case, and who put it there. Removing ends the row; a flag is in one case at a time."""

    __tablename__ = "case_leads"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    flag_id: Mapped[int] = mapped_column(BigId, ForeignKey("flags.id"), index=True)
    added_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    added_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None] = mapped_column()
    removed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    removal_reason: Mapped[str] = mapped_column(String(500), default="")

    __table_args__ = (
        Index(
            "uq_case_leads_running",
            "flag_id",
            unique=True,
            sqlite_where=removed_at.is_(None),
            postgresql_where=removed_at.is_(None),
        ),
    )


class CaseMerge(Base):
    """One case taken into another, with what undoing needs."""

    __tablename__ = "case_merges"

    id: Mapped[Id]
    kept_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    merged_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    lead_ids: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of each flag that moved, the row that it got in the kept case."""
    discovered_before: Mapped[datetime]
    """Of the kept case. Undoing works its day out anew: other merges may have come and gone since."""
    reason: Mapped[str] = mapped_column(String(500))
    merged_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    merged_at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]


class CaseSplit(Base):
    """Leads of one case that became a case of their own, with what undoing needs."""

    __tablename__ = "case_splits"

    id: Mapped[Id]
    kept_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    new_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    lead_ids: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of each flag that moved, the row that it got in the new case."""
    reason: Mapped[str] = mapped_column(String(500))
    split_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    split_at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]


class CaseAnswer(Base):
    """One person's answer to one formal or material requirement. The newest counts; rows are added, never edited."""

    __tablename__ = "case_answers"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    requirement: Mapped[str] = mapped_column(String(40))
    """A key of models/data/requirements.yml."""
    answer: Mapped[Answer] = mapped_column(words(Answer))
    note: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]


class CaseStatus(Base):
    """One dated entry of the mirror. A correction is a row of its own; it stands for the row that it names."""

    __tablename__ = "case_statuses"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    status: Mapped[ExternalStatus] = mapped_column(words(ExternalStatus))
    on_day: Mapped[date]
    document_number: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    corrects_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("case_statuses.id"), unique=True)
    is_withdrawal: Mapped[bool] = mapped_column(default=False)
    """The row that it corrects should not have been written at all."""
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]


class CaseReferral(Base):
    """Penerusan: a case sent to the agency that the calendar named on that day, by a coordinator."""

    __tablename__ = "case_referrals"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    agency_id: Mapped[int] = mapped_column(BigId, ForeignKey("agencies.id"))
    status_id: Mapped[int] = mapped_column(BigId, ForeignKey("case_statuses.id"), unique=True)
    """Its entry in the mirror; where that one was withdrawn, the referral was."""
    dossier_sha256: Mapped[Sha256]
    """Of the dossier (JSON, names masked) as it was on that day."""
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]


class CaseClock(Base):
    """One legal clock of a case, worked out anew whenever the case changes: derived, never a source."""

    __tablename__ = "case_clocks"

    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(String(40), primary_key=True)
    """A slug of models/data/clocks.yml."""
    starts_on: Mapped[date]
    due_on: Mapped[date]
    met_on: Mapped[date | None]

    __table_args__ = (Index("ix_case_clocks_due_on", "due_on"),)
