"""One person's judgement. Rows are added, never edited: a withdrawal is a row of its own."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, CreatedAt, Id, words


class Outcome(StrEnum):
    INDICATION = "indikasi_pelanggaran"
    """Signs of a violation: a second person reads it before anything else happens."""
    NEEDS_EVIDENCE = "perlu_bukti_tambahan"
    NO_VIOLATION = "bukan_pelanggaran"
    UNVERIFIABLE = "tidak_dapat_diverifikasi"
    DUPLICATE = "duplikat"
    OUT_OF_AREA = "luar_wilayah"
    WITHDRAWN = "dibatalkan"
    """Undoes the assessment that `undoes_id` names."""


class Answer(StrEnum):
    YES = "ya"
    NO = "tidak"
    UNSURE = "ragu"


class NoViolationReason(StrEnum):
    APPEAL = "imbauan_ikrar_sosialisasi"
    EXPLAINER = "statistik_penjelasan_aturan"
    NOT_ASN = "bukan_asn"
    ALLOWED = "diperbolehkan"
    OLD = "sudah_diputus_berita_lama"
    MEANINGLESS_SIGN = "simbol_tak_bermakna_politik"
    SATIRE = "satire_hoaks"
    IRRELEVANT = "tak_relevan"


class Assessment(Base):
    """Penilaian: three questions (content, person, attribution) and one outcome, by one named person."""

    __tablename__ = "assessments"

    id: Mapped[Id]
    flag_id: Mapped[int] = mapped_column(BigId, ForeignKey("flags.id"), index=True)
    item_version_id: Mapped[int] = mapped_column(BigId, ForeignKey("item_versions.id"))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    content_partisan: Mapped[Answer | None] = mapped_column(words(Answer))
    person_asn: Mapped[Answer | None] = mapped_column(words(Answer))
    attribution_verified: Mapped[Answer | None] = mapped_column(words(Answer))
    act: Mapped[str | None] = mapped_column(String(40))
    violation_type_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("violation_types.id"))
    no_violation_reason: Mapped[NoViolationReason | None] = mapped_column(words(NoViolationReason))
    note: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Sentences that the person marked as showing the act: start and end in characters. Training reads them."""
    is_second: Mapped[bool] = mapped_column(default=False)
    """A second person's reading, without knowing what the first one saw; a third person's word is one too."""
    is_final: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The word of a third person where the two before disagreed."""
    bulk_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("bulk_actions.id"), index=True)
    """The deed on many flags at once that it belongs to."""
    undoes_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("assessments.id"), unique=True)
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        Index("ix_assessments_second", "created_at", sqlite_where=text("is_second = 1"), postgresql_where=text("is_second")),
    )
