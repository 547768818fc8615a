"""What the OpenAPI document says of every route alike."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from service.api.idempotency import HEADER
from service.api.problems import MEDIA_TYPE

EXAMPLES = Path(__file__).parent / "examples.yml"
WRITES = frozenset({"post", "put", "patch", "delete"})
KEY_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Your own random name for this request. A repeat within 24 hours gets the stored answer.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$", "minLength": 1, "maxLength": 200},
    "example": "6e1c1f0a-5d0b-4b5e-9a51-3c2f5a0f7b11",
}
IN_USE = "Something changed meanwhile, or a request with this Idempotency-Key is being worked on."
TOO_LARGE = "The body is larger than 256 KiB."


def finish_document(document: dict[str, Any]) -> dict[str, Any]:
    """Errors are problems, writes take a key, bodies have a largest size."""
    for method, operation in _operations(document):
        answers: dict[str, Any] = operation["responses"]
        if method in WRITES:
            _add_once(operation.setdefault("parameters", []))
            answers.setdefault("409", _problem(IN_USE))
        if "requestBody" in operation:
            answers.setdefault("413", _problem(TOO_LARGE))
        for status, answer in answers.items():
            if status >= "400" and "application/json" in answer.get("content", {}):
                answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
        operation["responses"] = dict(sorted(answers.items()))
    for name, example in read_examples().items():
        if "examples" not in document["components"]["schemas"][name]:
            document["components"]["schemas"][name]["examples"] = [example]
    for schema in document["components"]["schemas"].values():
        for example in schema.get("examples", []):
            _restore_nulls(example, schema, document["components"]["schemas"])
    return document


def _restore_nulls(example: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """FastAPI leaves every null out of the document, also out of examples, where required fields would be missing then."""
    schema = schemas.get(str(schema.get("$ref", "")).rpartition("/")[2], schema)
    if isinstance(example, list):
        for one in cast(list[Any], example):
            _restore_nulls(one, schema.get("items", {}), schemas)
    elif isinstance(example, dict):
        values = cast(dict[str, Any], example)
        for name in schema.get("required", []):
            values.setdefault(name, None)
        for name, value in values.items():
            _restore_nulls(value, schema.get("properties", {}).get(name, {}), schemas)


@cache
def read_examples() -> dict[str, Any]:
    """Examples of models that say none themselves, by name; a test holds each against its schema."""
    return yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        yield from ((method, operation) for method, operation in path.items() if method in WRITES | {"get"})


def _add_once(parameters: list[dict[str, Any]]) -> None:
    if all(parameter["name"] != HEADER for parameter in parameters):
        parameters.append(KEY_PARAMETER)


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
