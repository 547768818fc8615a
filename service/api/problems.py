"""Errors as RFC 9457 says them, and what the document tells of each."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"
TYPES = "/api/v1/problems"
"""The page that explains every code; a problem's `type` points into it."""

Responses = dict[int | str, dict[str, Any]]


class FieldProblem(BaseModel):
    """One value that is not acceptable. The value itself is not repeated."""

    pointer: str = Field(description="Where it stands: `body/outcome`, `query/after`.", examples=["body/outcome"])
    detail: str = Field(description="English, for programmers.", examples=["Input should be 'duplikat' or 'luar_wilayah'"])


class Problem(BaseModel):
    """RFC 9457. `code` never changes its meaning; `detail` is for people, in the language that they chose."""

    type: str = Field(description="Address of the page that explains the code.", examples=[f"{TYPES}#tidak_ada"])
    title: str = Field(description="The phrase of the status.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["Tidak ada, atau di luar wilayah Anda."])
    instance: str = Field(description="Path that was asked for.", examples=["/api/v1/flags/999"])
    code: str = Field(examples=["tidak_ada"])
    request_id: str = Field(description="As in the header X-Request-ID and in our log.", examples=["0f3c9a7e5d1b4c2f"])
    errors: list[FieldProblem] | None = Field(None, description="Only of 422, and only where a field is to blame.")


def title_of(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def responses(descriptions: Mapping[int, str]) -> Responses:
    """Entries of a route's `responses`, all of them problems."""
    return {status: {"model": Problem, "description": text} for status, text in descriptions.items()}


ALWAYS = {
    400: "The request cannot be read.",
    401: "No valid token and no sign-in.",
    403: "Signed in, but without this right.",
    422: "A value is not acceptable.",
    503: "The database does not answer. `Retry-After` says when to come back; under an `Idempotency-Key` a repetition is safe.",
}
MISSING = responses({404: "Not there, or not in your area."})
TOO_LARGE = responses({413: "The body is larger than 256 KiB."})
CONFLICT = responses({409: "Somebody else holds it, the lease ran out, or it was assessed meanwhile."})
TOO_OFTEN = responses({429: "Too often. `Retry-After` says in how many seconds to come back."})
STALE = responses(
    {
        412: "It changed since you read it: `If-Match` names an older version.",
        428: "This house wants `If-Match` with every decision (NETRA_API_NEEDS_IF_MATCH).",
    }
)


def answers_of_always() -> Responses:
    """What every route of the API may answer."""
    return responses(ALWAYS)
