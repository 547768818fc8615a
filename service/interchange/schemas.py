"""The documents that travel between houses. docs/interchange.schema.json is made from these classes, and a test keeps it so."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from models import ExternalStatus, ItemKind, Outcome, Rights, Stage, SubjectStatus, Withdrawal

FORMAT = "netra-interchange-1"
LARGEST_ID = 2**63 - 1
MOST_PARTS = 500

RemoteId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Key = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$", description="Ed25519 public key, base64url without padding.")]
DocumentNumber = Annotated[str, Field(max_length=120)]
Text = Annotated[str, Field(max_length=20_000)]
Short = Annotated[str, Field(max_length=500)]


class Part(BaseModel):
    """Unknown fields are ignored: a newer house may say more."""

    model_config = ConfigDict(extra="ignore")


class Origin(Part):
    key: Key
    name: Short


class About(Part):
    """The case of another house that this one was made from."""

    origin: Key
    id: RemoteId


class Subject(Part):
    """Terlapor. Initials; the name only for a token that may open names, and then in every text of the case too."""

    initials: Annotated[str, Field(max_length=60)]
    name: Annotated[str, Field(max_length=200)] | None = Field(default=None, description="Null where the token opens no names.")
    number: Annotated[str, Field(max_length=40)] | None = Field(default=None, description="NIP or NIK; null as the name is.")
    status: SubjectStatus
    office: Short
    agency: Short


class Evidence(Part):
    """The stored copy behind a lead: its hash, never its bytes."""

    sha256: Hash
    fetched_at: datetime
    content_type: Annotated[str, Field(max_length=200)]


class Lead(Part):
    id: RemoteId
    kind: ItemKind
    source: Annotated[str, Field(max_length=200)]
    rights: Rights
    url: Annotated[str, Field(max_length=2000)] | None = Field(description="Of a post only its platform.")
    title: Short
    excerpt: Annotated[str, Field(max_length=700)] = Field(description="At most 600 characters, whatever the rights.")
    published_at: datetime | None
    first_seen_at: datetime
    act: Annotated[str, Field(max_length=40)] | None
    outcomes: Annotated[list[Outcome], Field(max_length=MOST_PARTS)] = Field(
        description="What people found, once nobody is awaited any more."
    )
    evidence: Evidence | None


class Status(Part):
    id: RemoteId
    status: ExternalStatus
    on_day: date
    document_number: DocumentNumber
    note: Text


class FollowUpStep(Part):
    id: RemoteId
    stage: Stage
    on_day: date
    document_number: DocumentNumber
    note: Text


class Referral(Part):
    id: RemoteId
    agency: Annotated[str, Field(max_length=80)]
    agency_name: Short
    on_day: date
    document_number: DocumentNumber
    dossier_sha256: Hash


class CorrectionNote(Part):
    """What the house that sends it says now, on request of the person concerned. Show it wherever you show the case."""

    id: RemoteId
    noted_at: datetime
    lead_id: RemoteId | None = Field(description="The lead whose text it is about; null of the case as a whole.")
    note: Annotated[str, Field(max_length=1_000)]


class CaseDocument(Part):
    """One case as it is now: entries that were corrected or taken back are not in it."""

    title: Short
    region_code: Annotated[str, Field(pattern=r"^\d\d(\.\d\d){0,3}$|^\d\d\.\d\d\.\d\d\.\d{4}$")] | None
    subject: Subject
    act: Annotated[str, Field(max_length=40)] | None
    happened_on: date | None
    place: Short
    discovered_at: datetime
    opened_at: datetime
    about: Annotated[list[About], Field(max_length=MOST_PARTS)] = Field(description="Cases of other houses that it answers.")
    absorbed: Annotated[list[RemoteId], Field(max_length=MOST_PARTS)] = Field(
        description="Cases of the same house that were taken into it; what was entered of them stands here."
    )
    leads: Annotated[list[Lead], Field(max_length=MOST_PARTS)]
    statuses: Annotated[list[Status], Field(max_length=MOST_PARTS)]
    follow_ups: Annotated[list[FollowUpStep], Field(max_length=MOST_PARTS)]
    referrals: Annotated[list[Referral], Field(max_length=MOST_PARTS)]
    corrections: Annotated[list[CorrectionNote], Field(max_length=MOST_PARTS)] = []


class Change(Part):
    """A new version of a case, or its tombstone. The signature is over canonical JSON of all fields but `document` and itself."""

    format: Literal["netra-interchange-1"] = FORMAT
    origin: Key
    id: RemoteId = Field(description="Of the case in its own house.")
    version: RemoteId = Field(description="Rises with every change of the case; take the highest.")
    is_withdrawn: bool = Field(description="A tombstone: what was told of it holds no more.")
    reason: Withdrawal | None = Field(
        description="Of a tombstone. `digabung`: taken into another case; `ditarik`: nothing stands for which it was told;"
        " `di_luar_jangkauan`: no longer yours to know, delete your copy."
    )
    merged_into: RemoteId | None = Field(description="Of `digabung`: the case that has it now.")
    document_sha256: Hash = Field(description="Of `document` as canonical JSON: sorted keys, no spaces, UTF-8.")
    document: dict[str, Any] | None = Field(description="A CaseDocument; null of a tombstone.")
    signature: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{86}$")] = Field(description="Ed25519, base64url without padding.")


class ChangeList(Part):
    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "origin": {"key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "name": "netra"},
                    "changes": [],
                    "cursor": "812.7",
                    "next": None,
                }
            ]
        },
    )

    origin: Origin
    changes: Annotated[list[Change], Field(max_length=MOST_PARTS)]
    cursor: Annotated[str, Field(max_length=80)] = Field(description="Keep it: the next call begins after it.")
    next: Annotated[str, Field(max_length=80)] | None = Field(description="The same where more waits now; else null.")


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a page of changes and of the case document."""
    schema = ChangeList.model_json_schema(mode="serialization")
    case = CaseDocument.model_json_schema(mode="serialization", ref_template="#/$defs/{model}")
    schema["$defs"] |= case.pop("$defs")
    schema["$defs"]["CaseDocument"] = case
    document = {"anyOf": [{"$ref": "#/$defs/CaseDocument"}, {"type": "null"}], "description": "Null of a tombstone."}
    schema["$defs"]["Change"]["properties"]["document"] = document
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": FORMAT, "title": "netra interchange, version 1"}
    return head | {key: value for key, value in schema.items() if key not in head}
