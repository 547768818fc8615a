"""What the API says of people. Passwords, codes and tokens leave once, in the answer that made them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from models import Permission
from service.accounts.tokens import LONGEST_DAYS

A_MOMENT = "2026-11-02T01:00:00Z"
GRANT = {"id": 7, "role": "pengawas", "region_code": "33.24", "agency": None}
PERSON = {
    "id": 12,
    "username": "sari",
    "name": "Sari Wulandari",
    "is_active": True,
    "has_second_factor": False,
    "must_change_password": True,
    "roles": [GRANT],
}
SESSION = {
    "id": 40,
    "browser": "Firefox · Linux",
    "method": "sandi",
    "created_at": A_MOMENT,
    "last_seen_at": "2026-11-02T03:15:00Z",
    "expires_at": "2026-11-02T11:00:00Z",
    "is_current": True,
}
TOKEN = {
    "id": 3,
    "name": "ekspor harian",
    "prefix": "netra_8fQ2xw",
    "scopes": ["antrean.baca"],
    "can_write": False,
    "region_code": "33",
    "created_at": A_MOMENT,
    "expires_at": "2027-01-31T01:00:00Z",
    "last_used_at": None,
}


def example(value: object) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})  # pyright: ignore[reportArgumentType]


class GrantAnswer(BaseModel):
    model_config = example(GRANT)

    id: int
    role: str
    region_code: str | None = Field(description="Null is the nation.")
    agency: str | None = Field(description="Slug; null is every agency of the region.")


class PersonAnswer(BaseModel):
    model_config = example(PERSON)

    id: int
    username: str
    name: str
    is_active: bool
    has_second_factor: bool
    must_change_password: bool
    roles: list[GrantAnswer]


class PersonList(BaseModel):
    model_config = example({"users": [PERSON], "next": "sari"})

    users: list[PersonAnswer]
    next: str | None = Field(description="For the parameter `after`.")


class SessionAnswer(BaseModel):
    model_config = example(SESSION)

    id: int
    browser: str
    method: str = Field(description="`sandi` by password, `oidc` by the OpenID provider.")
    created_at: datetime
    last_seen_at: datetime | None
    expires_at: datetime
    is_current: bool


class TokenAnswer(BaseModel):
    model_config = example(TOKEN)

    id: int
    name: str
    prefix: str = Field(description="Its first characters; the rest was shown once.")
    scopes: list[str] | None = Field(description="Permissions; null is what `can_write` says.")
    can_write: bool
    region_code: str | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class PersonDetail(BaseModel):
    model_config = example({"user": PERSON, "sessions": [SESSION], "tokens": [TOKEN]})

    user: PersonAnswer
    sessions: list[SessionAnswer]
    tokens: list[TokenAnswer]


class SessionList(BaseModel):
    model_config = example({"sessions": [SESSION]})

    sessions: list[SessionAnswer]


class TokenList(BaseModel):
    model_config = example({"tokens": [TOKEN]})

    tokens: list[TokenAnswer]


class GrantBody(BaseModel):
    model_config = example({"role": "pengawas", "region_code": "33.24", "agency": None})

    role: str = Field(max_length=40)
    region_code: str | None = Field(None, max_length=13)
    agency: str | None = Field(None, max_length=80, description="Slug.")


class NewPersonBody(GrantBody):
    model_config = example({"username": "sari", "name": "Sari Wulandari", "role": "pengawas", "region_code": "33.24"})

    username: str = Field(max_length=40, description="a–z, digits, dots and dashes.")
    name: str = Field(max_length=200, description="Full name, in Latin letters.")


class FirstPassword(BaseModel):
    model_config = example({"user": PERSON, "password": "hk3mq-7wzrt-p2c9n-vd4ka"})

    user: PersonAnswer
    password: str = Field(description="For the first sign-in alone. Shown once.")


class NewTokenBody(BaseModel):
    model_config = example({"name": "ekspor harian", "days": 90, "scopes": ["antrean.baca"], "region_code": "33"})

    name: str = Field(min_length=1, max_length=120)
    days: int = Field(90, ge=1, le=LONGEST_DAYS)
    scopes: list[Permission] = Field(min_length=1, description="Some of your own permissions.")
    region_code: str | None = Field(None, max_length=13, description="Where alone it holds.")


class NewTokenAnswer(BaseModel):
    model_config = example({"token": "netra_8fQ2xwR1vY7uM3pK5nT9cB0dL6hJ4gZ2sX8aE1iO7qWk"})

    token: str = Field(description="Shown once.")
