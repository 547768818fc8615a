"""What a person says of a case. The same fields come from our forms and from machines."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models import Answer, ExternalStatus, Stage, SubjectStatus
from service import days

LONGEST_NOTE = 5000
LONGEST_REASON = 500
LONGEST_DESCRIPTION = 10_000
MOST_LEADS = 50
LARGEST_ID = 2**63 - 1
EARLIEST = date(2000, 1, 1)


def clean(value: Any) -> Any:
    """PostgreSQL keeps no NUL in a text, UTF-8 no half of a letter, and browsers send a form's line ends as CRLF."""
    if not isinstance(value, str):
        return value
    whole = value.encode(errors="ignore").decode()
    return whole.replace("\0", "").replace("\r\n", "\n").strip()


def empty_is_none(value: Any) -> Any:
    """A form sends an empty field where nothing was chosen."""
    return None if value == "" else value


Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Day = Annotated[days.Day, Field(ge=EARLIEST, description="Not in the future.")]
Reason = Annotated[str, BeforeValidator(clean), Field(min_length=1, max_length=LONGEST_REASON)]
Note = Annotated[str, BeforeValidator(clean), Field(max_length=LONGEST_NOTE)]
Short = Annotated[str, BeforeValidator(clean), Field(max_length=200)]
DocumentNumber = Annotated[str, BeforeValidator(clean), Field(max_length=120)]
OptionalId = Annotated[Id | None, BeforeValidator(empty_is_none)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")


def example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class NewCase(Entry):
    model_config = example(flag_ids=[12], title="Camat mengajak memilih", region_code="33.24", office="camat")

    flag_ids: list[Id] = Field(min_length=1, max_length=MOST_LEADS, description="Flags that it begins with.")
    title: Annotated[str, BeforeValidator(clean), Field(min_length=1, max_length=200)]
    region_code: Annotated[Annotated[str, Field(max_length=13)] | None, BeforeValidator(empty_is_none)] = None
    office: Short = ""
    agency: Short = ""


class CaseEdit(Entry):
    """All of what can be said of a case at once. Name and number stay as they are where they are left out."""

    model_config = example(title="Camat mengajak memilih", office="camat", agency="Kecamatan Wanasari", place="Pendopo")

    title: Annotated[str, BeforeValidator(clean), Field(min_length=1, max_length=200)]
    office: Short = ""
    agency: Short = ""
    subject_status: SubjectStatus = SubjectStatus.UNKNOWN
    subject_name: Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(clean)] = None
    subject_number: Annotated[Annotated[str, Field(max_length=40, description="NIP or NIK.")] | None, BeforeValidator(clean)] = (
        None
    )
    forgets_name: bool = Field(default=False, description="Delete name and number.")
    act: Annotated[Annotated[str, Field(max_length=40)] | None, BeforeValidator(empty_is_none)] = None
    happened_on: Annotated[Day | None, BeforeValidator(empty_is_none)] = None
    place: Annotated[str, BeforeValidator(clean), Field(max_length=300)] = ""
    description: Annotated[str, BeforeValidator(clean), Field(max_length=LONGEST_DESCRIPTION)] = ""
    witnesses: Annotated[str, BeforeValidator(clean), Field(max_length=LONGEST_NOTE)] = Field(
        default="", description="One a line, by office or initials."
    )


class SplitEntry(Entry):
    model_config = example(flag_ids=[15], title="Lurah mengajak memilih", office="lurah", reason="Orang yang berbeda.")

    flag_ids: list[Id] = Field(min_length=1, max_length=MOST_LEADS, description="Leads that become a case of their own.")
    title: Annotated[str, BeforeValidator(clean), Field(min_length=1, max_length=200)]
    office: Short = ""
    agency: Short = ""
    reason: Reason


class LeadEntry(Entry):
    model_config = example(flag_id=12)

    flag_id: Id


class ReasonEntry(Entry):
    model_config = example(reason="Orang yang berbeda.")

    reason: Reason


class MergeEntry(Entry):
    model_config = example(other_id=7, reason="Peristiwa yang sama.")

    other_id: Id = Field(description="The case that is taken in.")
    reason: Reason


class RequirementAnswer(Entry):
    model_config = example(requirement="bukti", answer="ya", note="Salinan berita dan video.")

    requirement: Annotated[str, Field(max_length=40, description="A key of the list of requirements.")]
    answer: Answer
    note: Note = ""


class DatedEntry(Entry):
    on_day: Day
    document_number: DocumentNumber = ""
    note: Note = ""


class StatusEntry(DatedEntry):
    model_config = example(status="diregistrasi", on_day="2024-10-18", document_number="001/Reg/X/2024")

    status: ExternalStatus
    corrects_id: OptionalId = Field(default=None, description="The entry that this one stands for.")
    is_withdrawal: bool = Field(default=False, description="That entry should not have been written at all.")


class FollowUpEntry(DatedEntry):
    model_config = example(stage="direkomendasikan", on_day="2024-11-02", document_number="R-12/2024")

    stage: Stage
    corrects_id: OptionalId = None
    is_withdrawal: bool = False


class ReferralEntry(DatedEntry):
    model_config = example(on_day="2024-10-21", document_number="045/K/X/2024", note="Dengan kajian.")


class Purpose(StrEnum):
    """Why a dossier is made; it stays in the trail."""

    REFERRAL = "penerusan"
    PLENARY = "rapat_pleno"
    REQUEST = "permintaan_lembaga"
    ARCHIVE = "arsip"


class DossierFormat(StrEnum):
    HTML = "html"
    JSON = "json"
    PDF = "pdf"


class DossierRequest(Entry):
    model_config = example(purpose="penerusan", shows_name=False)

    purpose: Purpose
    shows_name: bool = Field(default=False, description="Needs the right to open names; it stays in the trail.")


class DossierForm(DossierRequest):
    format: DossierFormat
