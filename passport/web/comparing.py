"""Operations that set models beside each other."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import Query, Request, Response

from passport.errors import Refusal
from passport.model.passport import Level
from passport.service import comparison
from passport.service.comparison import Model
from passport.service.system import System
from passport.web import problems
from passport.web.answers import HTML, JSON, Answer, Content, Scope, json_body, reply, respond
from passport.web.pages.views import ComparisonView
from passport.web.site import NEGOTIATED, Operation, Site

Models = Annotated[
    list[Annotated[str, Query(max_length=200)]] | None,
    Query(max_length=20, description="The code of a model, batch or piece, or an address that ends with it; twice."),
]
Show = Annotated[Literal["all", "differences"], Query(description="Every field, or only those that differ.")]

_TEXT: Mapping[str, object] = {"type": "string"}
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "required": ["models"],
    "description": "With two models `sections`, with fewer of them `alike`.",
    "properties": {
        "alike": {"type": "array", "description": "Other models of the same kind.", "items": {"type": "object"}},
        "models": {
            "type": "array",
            "description": "The models named, in the order of the values in `sections`.",
            "items": {
                "type": "object",
                "required": ["code", "passport", "version"],
                "properties": {"code": _TEXT, "passport": {"type": "string", "format": "uri"}, "version": _TEXT},
            },
        },
        "sections": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": _TEXT,
                    "fields": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["field", "differs", "values"],
                            "properties": {
                                "field": _TEXT,
                                "differs": {"type": "boolean"},
                                "values": {
                                    "type": "array",
                                    "description": "What each model says; null where it says nothing.",
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


class Comparing:
    """Comparing, for buyers and their machines."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The row of the route table."""
        refused = (400, 404, 406, 410)
        media = (JSON, HTML)
        return (Operation("compare", "GET", "/compare", self.compare, "Browse", media, refuses=refused, schema=SCHEMA),)

    async def compare(self, request: Request, model: Models = None, show: Show = "all") -> Response:
        """Two models side by side: what each says in every field, and where they differ.

        A batch or a piece stands for its model. With fewer than two, it asks for the other and names models alike.
        """
        typed = [each.strip() for each in model or () if each.strip()]
        return respond(await to_thread.run_sync(self._compare, request.scope, typed, show == "differences"))

    def _compare(self, scope: Scope, typed: Sequence[str], differing: bool) -> Answer:
        if self._site.chosen(scope, (JSON, HTML)) == HTML:
            view = self._view(typed, differing)
            answer = self._site.page(scope, lambda language: self._site.pages.compare(language, view))
            wrong = next((each for each in view.refusals if each is not None), None)
            return answer._replace(status=problems.status_of(wrong)) if wrong and answer.status == 200 else answer
        models = [comparison.model_behind(self._system, each) for each in typed[:2]]
        comparison.distinct(models)
        value = compared(self._system, models, differing=differing) if len(models) == 2 else self._choice(models)
        return reply(Content(json_body(value), JSON, cache="no-cache", negotiated=NEGOTIATED), scope)

    def _choice(self, models: Sequence[Model]) -> dict[str, object]:
        others = comparison.alike(self._system, models[0]) if models else ()
        return {
            "models": [_model(self._system, each) for each in models],
            "alike": [_model(self._system, each) for each in others],
        }

    def _view(self, typed: Sequence[str], differing: bool) -> ComparisonView:
        """What the page shows. One good code of two stays, and the form asks for the other again."""
        first, second = (*typed[:2], "", "")[:2]
        found, wrong = self._found((first, second))
        if len(found) == 2:
            return ComparisonView(_shown(found), differing=differing, more=len(typed) > 2)
        others = comparison.alike(self._system, found[0]) if found else ()
        if found and wrong[0] is not None:
            first, second, wrong = second, first, (None, wrong[0])
        return ComparisonView(_shown(found), _shown(others), (first, second), wrong)

    def _found(self, typed: tuple[str, str]) -> tuple[list[Model], tuple[Refusal | None, Refusal | None]]:
        """The models that two codes lead to, and what is wrong with each code."""
        found: list[Model] = []
        wrong: list[Refusal | None] = [None, None]
        for place, text in enumerate(typed):
            try:
                if text:
                    model = comparison.model_behind(self._system, text)
                    comparison.distinct([*found, model])
                    found.append(model)
            except Refusal as refusal:
                wrong[place] = refusal
        return found, (wrong[0], wrong[1])


def _shown(models: Sequence[Model]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple((each.code, each.document) for each in models)


def compared(system: System, models: Sequence[Model], *, differing: bool) -> dict[str, object]:
    """A comparison as JSON: the public fields of either model by section, as they stand in the passports."""
    group = system.published.group_of(models[0].document)
    shapes = {name: field for each in models for name, field in _public(system, each).items()}
    placed = {name for each in group.sections for name in each.fields}
    sections = [(each.id, each.fields) for each in group.sections]
    sections.append(("further", tuple(name for name in shapes if name not in placed)))
    parts = []
    for name, fields in sections:
        lines = [_line(field, models) for field in fields if field in shapes]
        shown = [line for line in lines if line and (line["differs"] or not differing)]
        if shown:
            parts.append({"id": name, "fields": shown})
    return {"models": [_model(system, each) for each in models], "sections": parts}


def _public(system: System, model: Model) -> dict[str, Any]:
    group = system.published.group_of(model.document)
    shape = system.published.shape(group.name, group.version, Level.MODEL.value)
    return {field.name: field for field in shape.fields if not field.server and field.tier == "public"}


def _model(system: System, model: Model) -> dict[str, object]:
    return {
        "code": model.code,
        "passport": system.passport_address(model.code),
        "version": system.version_address(model.code, model.reading.version),
    }


def _line(field: str, models: Sequence[Model]) -> dict[str, object] | None:
    values = [_bare(model.document.get(field)) for model in models]
    if values == [None, None]:
        return None
    return {"field": field, "differs": values[0] != values[1], "values": values}


def _bare(value: Any) -> Any:
    """A value without the addresses that its objects have in their own passport."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _bare(each) for name, each in value.items() if name != "id"}
    return value
