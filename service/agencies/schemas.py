"""What an admin says of an agency. The same fields come from forms, machines and the command line."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from models import AgencyTask
from service.cases.schemas import Day, Entry, Short, clean, empty_is_none, example

Name = Annotated[str, BeforeValidator(clean), Field(min_length=3, max_length=200)]
LegalBasis = Annotated[str, BeforeValidator(clean), Field(max_length=300)]
AgencySlug = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,78}$", description="Small letters, digits and dashes; it never changes.")
]
OptionalDay = Annotated[Day | None, BeforeValidator(empty_is_none)]


class NewAgency(Entry):
    model_config = example(
        slug="lembaga-independen",
        name="Lembaga Independen Pengawas ASN",
        task="pengawas_netralitas",
        valid_from_on="2027-10-17",
        legal_basis="Putusan MK 121/PUU-XXII/2024",
        replaces="bkn",
    )

    slug: AgencySlug
    name: Name
    task: AgencyTask
    region_code: Annotated[Annotated[str, Field(max_length=13)] | None, BeforeValidator(empty_is_none)] = Field(
        default=None, description="None is the nation."
    )
    valid_from_on: OptionalDay = Field(default=None, description="Its first day; it may lie in the future.")
    legal_basis: LegalBasis = ""
    replaces: Annotated[Short | None, BeforeValidator(empty_is_none)] = Field(
        default=None, description="Slug of the agency whose task it takes over: that one ends the day before."
    )


class Renaming(Entry):
    model_config = example(name="Badan Kepegawaian Negara", from_on="2024-08-27", legal_basis="Perpres 92/2024")

    name: Name
    from_on: Day = Field(description="The first day of the new name; not in the future.")
    legal_basis: LegalBasis = Field(default="", description="Of the new name; empty keeps the one of before.")


class Closing(Entry):
    model_config = example(on_day="2027-10-16", reason="Tugasnya beralih.")

    on_day: Day = Field(description="Its last day; it may lie in the future.")
    reason: Annotated[str, BeforeValidator(clean), Field(max_length=300)] = ""
