"""The API keeps what its document says, whatever Schemathesis makes of the document."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine

from models.database import make_session
from models.settings import Settings
from service.accounts.service import create_api_token
from tests.factories import make_flag, make_item, make_source, make_user
from tests.processes import serving

# Not asked: that all which fits the document is accepted. What an outcome needs beside it is no matter of types.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
]
FEW, MANY = 6, 30
"""Requests to each operation."""
OF_THE_CONNECTION = ("transfer-encoding", "content-length", "connection", "upgrade", "expect", "te", "trailer", "keep-alive")
"""Headers by which the server reads the request itself: with a wrong one it reaches no operation."""


@pytest.fixture
def operations(settings: Settings, engine: Engine) -> Iterator[list[APIOperation]]:
    """Every operation of a service that has something to give, asked with a key that may do everything."""
    with make_session(engine).begin() as session:
        source = make_source(session)
        for _ in range(5):
            make_flag(session, make_item(session, source=source))
        key = create_api_token(session, make_user(session, role="admin"), "uji", 1, can_write=True)
    with serving(settings) as (address, _):
        schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
        schema.config.update(headers={"Authorization": f"Bearer {key}"})
        schema.config.generation.with_security_parameters = False  # Else it takes our own key for one that it made up.
        yield [found.ok() for found in schema.get_all_operations()]


def own_key(case: Case) -> dict[str, str]:
    """Said again with each call: else the check of ignored keys takes ours for one that was made up."""
    return {"Authorization": str(case.operation.schema.config.headers["Authorization"])}  # pyright: ignore


def check_word(operations: list[APIOperation], mode: GenerationMode, *, requests: int, derandomize: bool) -> None:
    statuses = set[int]()
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and not [*operation.path_parameters, *operation.query, *operation.body]:
            continue  # It takes nothing that could be wrong.

        @hypothesis_settings(
            max_examples=requests,
            deadline=None,
            database=None,
            derandomize=derandomize,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def keeps_its_word(case: Case) -> None:
            for name in OF_THE_CONNECTION if case.headers else ():
                case.headers.pop(name, None)
            statuses.add(case.call_and_validate(checks=CHECKS, headers=own_key(case)).status_code)

        keeps_its_word()
    assert len(operations) > 60
    assert {200, 404} <= statuses if mode is GenerationMode.POSITIVE else 422 in statuses


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_keeps_what_its_document_says(operations: list[APIOperation], mode: GenerationMode) -> None:
    check_word(operations, mode, requests=FEW, derandomize=True)


@pytest.mark.long
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_keeps_it_for_requests_that_are_new_each_time(operations: list[APIOperation], mode: GenerationMode) -> None:
    """What fails is printed as a call of curl."""
    check_word(operations, mode, requests=MANY, derandomize=False)
