"""The service's own description: its OpenAPI document, from the same table that makes the routes."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from passport.web.answers import JSON
from passport.web.auth import cookie_name
from passport.web.problems import PROBLEM
from passport.web.site import Operation

_PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "A problem (RFC 9457). `type` is an address that explains it.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "report": {"$ref": "#/components/schemas/Report"},
    },
}
_REPORT_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "All findings about the documents of a submission.",
    "required": ["documents", "ok", "findings", "suppressed"],
    "properties": {
        "documents": {"type": "integer"},
        "ok": {"type": "boolean"},
        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
        "suppressed": {
            "type": "object",
            "description": "For each code, how many findings more than the listed ones there are.",
            "additionalProperties": {"type": "integer"},
        },
        "completeness": {"type": "array", "items": {"type": "object"}},
    },
}
_FINDING_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "One thing that is wrong or doubtful. `documentation` explains its code, `field` its field.",
    "required": ["code", "severity", "document", "pointer", "found", "expected", "message", "documentation", "field"],
    "properties": {
        "code": {"type": "string"},
        "severity": {"enum": ["error", "warning"]},
        "document": {"type": "integer", "description": "The place of the document in the submission, from 0."},
        "pointer": {"type": "string", "description": "A JSON Pointer into the document (RFC 6901)."},
        "found": {"type": ["string", "null"]},
        "expected": {"type": "string"},
        "message": {"type": "string"},
        "documentation": {"type": "string", "format": "uri"},
        "field": {"type": ["string", "null"], "description": "Null where `pointer` leads to no published field."},
    },
}
_REFUSED: Mapping[str, Any] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_ABOUT = (
    "Digital product passports for furniture: submit, issue, scan, read, verify. Every address that a person might "
    "open answers browsers with a page. GET can be HEAD everywhere; OPTIONS names the methods."
)


def documented(operation: Operation) -> dict[int | str, dict[str, Any]]:
    """The answers of one operation: its success in each media type, and each way it refuses."""
    content: dict[str, Any] = {media_type: {"schema": _schema(media_type)} for media_type in operation.media}
    if operation.schema is not None:
        content[JSON] = {"schema": dict(operation.schema)}
    answers: dict[int | str, dict[str, Any]] = {
        operation.status: {"description": _phrase(operation.status), "content": content}
    }
    for status in operation.refuses:
        answers[status] = {"description": _phrase(status)}
        if status >= 400:
            answers[status]["content"] = _REFUSED
        elif status == 200:
            answers[status]["content"] = content
    answers["default"] = {"description": "Refused", "content": _REFUSED}
    return answers


def describe(framework: FastAPI, base: str) -> dict[str, Any]:
    """The whole document (OpenAPI 3.1), made once."""
    if framework.openapi_schema is None:
        document = get_openapi(
            title=framework.title,
            version=framework.version,
            description=_ABOUT,
            routes=framework.routes,
            servers=[{"url": base}],
        )
        components = document.setdefault("components", {})
        schemas = {"Problem": _PROBLEM_SCHEMA, "Report": _REPORT_SCHEMA, "Finding": _FINDING_SCHEMA}
        components.setdefault("schemas", {}).update({name: dict(schema) for name, schema in schemas.items()})
        cookie = cookie_name(secure=base.startswith("https:")).decode()
        components["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": cookie},
        }
        framework.openapi_schema = document
    return framework.openapi_schema


def _schema(media_type: str) -> dict[str, Any]:
    return {"type": "object"} if media_type.endswith("json") else {"type": "string"}


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
