"""Each field of a document in the form that suits it: a line, a table, the components, steps, or answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from passport.published import Field
from passport.web.pages.describing import Describer, anchor, is_document
from passport.web.pages.forms import (
    Anatomy,
    Answer,
    Answers,
    Component,
    Group,
    Material,
    Part,
    Row,
    Statement,
    Step,
    Steps,
    Table,
)
from passport.web.pages.views import Origin
from passport.web.pages.words import Text, Words

_WIDEST = 6
"""Columns of a table that still can be read on a small laptop."""

_TOGETHER: Mapping[str, str] = {"edition": "standard", "partId": "name", "accredited": "laboratory"}
"""Members that stand behind another in its cell."""

_CARDS, _QUESTION = "cards", "question"
"""Forms without a table: objects one below the other, and answers, which share one table."""

_PARTS = frozenset({"component", "joinedComponents"})
"""Members that say which components an object is about; without one it is about all of it."""

_FURTHER = frozenset({"padding", "coatings", "partOrigin", "partNumber", "partPassport"})
"""What a component tells beside its materials."""

_COLOURS: Mapping[str, str] = {"yes": "yellow", "no": "green", "unknown": "grey"}


@dataclass(frozen=True, slots=True)
class Presenter:
    """Puts the fields of a passport's documents, the piece's own first, into the forms that their group marks."""

    words: Words
    describers: Sequence[Describer]
    forms: Mapping[str, str]

    def rows(self, fields: Iterable[Field]) -> tuple[Row, ...]:
        """The fields that a document speaks of, each by the first that does; answers are gathered at the first."""
        found: list[Row] = []
        asked: list[Field] = []
        place = 0
        for field in fields:
            if self.forms.get(field.name) == _QUESTION:
                place = place if asked else len(found)
                asked.append(field)
            elif row := self.row(field):
                found.append(row)
        if answers := self._answers(asked):
            found.insert(place, answers)
        return tuple(found)

    def row(self, field: Field) -> Row | None:
        """One field in its form; None when no document speaks of it."""
        describer = next((each for each in self.describers if each.value(field.name) is not None), None)
        if describer is None:
            return None
        value = describer.value(field.name)
        form = self._form(describer, field, value)
        if form is None:
            return describer.row(field)
        label = self.words.field(field.name)
        return Row(field.name, label, (), (), describer.origin, describer.sources(field.name), form=form)

    def _form(self, describer: Describer, field: Field, value: Any) -> Any:
        marked = self.forms.get(field.name, "")
        if marked == _CARDS:
            return None
        make: Callable[[Words, Describer, Field, Any], Any] = _SPECIAL.get(marked, _table)
        return make(self.words, describer, field, value)

    def _answers(self, fields: Sequence[Field]) -> Row | None:
        answers = tuple(answer for each in fields if (answer := self._answer(each)))
        if not answers:
            return None
        label = self.words.texts.gettext("Does it contain any of these?")
        return Row("contains", label, origin=common(answers), form=Answers(answers))

    def _answer(self, field: Field) -> Answer | None:
        describer = next((each for each in self.describers if each.value(field.name) is not None), None)
        row = describer.row(field) if describer else None
        if describer is None or row is None:
            return None
        value = describer.value(field.name)
        code = _contained(value)
        groups, texts = row.groups, row.texts
        if isinstance(value, Mapping):
            inner = next((each for each in field.fields if each.name == "substances"), None)
            held = value.get("substances") or ()
            groups = tuple(_object(describer, inner, each) for each in held) if inner else ()
        answer = self.words.code("presence", code)
        return Answer(row.label, answer, _COLOURS.get(code, "grey"), texts, groups, describer.origin)


def common(told: Iterable[Answer | Row]) -> Origin:
    """Whose passport says all of it; the piece's own where several do."""
    origins = {each.origin for each in told}
    return origins.pop() if len(origins) == 1 else Origin.OWN


def _contained(value: Any) -> str:
    """``yes``, ``no`` or ``unknown``; a list of what it contains is a yes."""
    if not isinstance(value, Mapping):
        return "yes"
    if "contained" in value:
        return str(value["contained"])
    return "yes" if value.get("present") is True else "no"


def _object(describer: Describer, field: Field, value: Mapping[str, Any]) -> Group:
    names = [each for each in field.fields if each.name == "substanceName"]
    title = Text(str(value.get("substanceName", "")))
    return Group(title, describer.parts([each for each in field.fields if each not in names], value))


def _table(words: Words, describer: Describer, field: Field, value: Any) -> Table | None:
    """A table of objects that are alike and short; None where another form suits better."""
    if not field.many or field.kind != "object" or is_document(field):
        return None
    used = [each for each in field.fields if any(held.get(each.name) not in (None, [], {}) for held in value)]
    behind = {name for name, before in _TOGETHER.items() if before in {each.name for each in used}}
    columns = [each for each in used if each.name not in behind]
    if not 2 <= len(columns) <= _WIDEST or any(each.fields and not _short(each) for each in used):
        return None
    columns.sort(key=lambda each: each.name != "name")
    followers = {_TOGETHER[each.name]: each for each in used if each.name in behind}
    lines = tuple(
        tuple(_cell(words, describer, each, followers.get(each.name), held) for each in columns) for held in value
    )
    of_parts = columns[0].name in _PARTS
    nameless = Text(words.texts.gettext("The whole product") if of_parts else "–")
    return Table(
        tuple(words.field(each.name) for each in columns),
        tuple(line if line[0].texts else (replace(line[0], texts=(nameless,)), *line[1:]) for line in lines),
    )


def _cell(words: Words, describer: Describer, field: Field, behind: Field | None, held: Mapping[str, Any]) -> Part:
    label = words.field(field.name)
    value = held.get(field.name)
    texts = () if value is None or value == [] else describer.said(field, value)
    if behind and texts and (note := _note(words, behind, held.get(behind.name))):
        texts = (replace(texts[0], note=note), *texts[1:])
    return Part(label, texts, describer.meaning(field, value))


def _note(words: Words, field: Field, value: Any) -> str:
    """What stands behind a value in brackets: another value, or the name of what is true of it."""
    if field.kind == "boolean":
        return words.field(field.name) if value is True else ""
    return "" if value is None else str(value)


def _short(field: Field) -> bool:
    """Whether the objects of a field fit into a cell."""
    return is_document(field) or {each.name for each in field.fields} <= {
        *("amount", "currency", "preConsumer", "postConsumer", "total"),
    }


def _anatomy(words: Words, describer: Describer, field: Field, value: Any) -> Anatomy:
    return Anatomy(tuple(component(words, describer, field, each) for each in value))


def _whole(words: Words, describer: Describer, field: Field, value: Any) -> Anatomy | None:
    """Materials of a product that are not told by component; None where the shares alone say everything."""
    plain = {"id", "materialClass", "massShare"}
    if describer.value("components") is not None or all(each.keys() <= plain for each in value):
        return None
    materials = tuple(_material(words, describer, field, each) for each in value)
    return Anatomy((Component("", None, (), materials, ()),))


def component(words: Words, describer: Describer, field: Field, value: Mapping[str, Any]) -> Component:
    """One component as its card tells of it: ``field`` has components, or parts that an event put in."""
    members = {each.name: each for each in field.fields}
    said = {
        name: describer.said(members[name], value[name])
        for name in ("name", "function", "mass", "massShare")
        if name in members and value.get(name) is not None
    }
    name = next((said[each][0] for each in ("name", "function") if said.get(each)), None)
    if "massShare" in said:
        said["massShare"] = (Text(f"{words.field('massShare')}: {said['massShare'][0].value}"),)
    facts = [texts[0] for texts in said.values() if texts and name and texts[0].value != name.value]
    if (value.get("quantity") or 1) != 1:
        facts.append(Text(f"{value['quantity']} ×"))
    materials = members.get("materials")
    held = value.get("materials") or ()
    others = (each for each in field.fields if each.name in _FURTHER)
    return Component(
        anchor(value.get("componentId", "")),
        name or Text(str(value.get("componentId", ""))),
        tuple(facts),
        tuple(_material(words, describer, materials, each) for each in held) if materials else (),
        describer.parts(others, value),
    )


def _material(words: Words, describer: Describer, field: Field, value: Mapping[str, Any]) -> Material:
    members = {each.name: each for each in field.fields}
    name = describer.said(members["materialClass"], value.get("materialClass", ""))[0]
    share = words.quantity(value["massShare"], "%") if "massShare" in value else ""
    others = (each for each in field.fields if each.name not in ("materialClass", "massShare"))
    return Material(name, share, describer.parts(others, value))


def _steps(words: Words, describer: Describer, field: Field, value: Any) -> Steps:
    members = {each.name: each for each in field.fields}
    steps = members.get("steps")
    whole = describer.parts((each for each in field.fields if each is not steps), value)
    if steps is None:
        return Steps(whole, ())
    needs = [each for each in steps.fields if each.name != "instruction"]
    return Steps(
        whole,
        tuple(
            Step(words.said(each.get("instruction") or ()), describer.parts(needs, each))
            for each in value.get("steps") or ()
        ),
    )


def _no_substances(words: Words, describer: Describer, field: Field, value: Any) -> Statement | None:
    if value is not True or describer.value("substancesOfConcern"):
        return None
    return Statement(words.texts.gettext("The issuer declares that it contains no substances of concern."), True)


def _very_high_concern(words: Words, describer: Describer, field: Field, value: Any) -> Statement:
    _ = words.texts.gettext
    none = value.get("noneAboveThreshold") is True
    date = words.date(value["candidateListDate"]) if value.get("candidateListDate") else ""
    if none and date:
        sentence = _(
            "The issuer declares that no part contains a substance of very high concern above the threshold, by the "
            "candidate list of %(date)s."
        )
    elif none:
        sentence = _("The issuer declares that no part contains a substance of very high concern above the threshold.")
    elif date:
        sentence = _(
            "At least one part contains a substance of very high concern above the threshold, by the candidate list of "
            "%(date)s."
        )
    else:
        sentence = _("At least one part contains a substance of very high concern above the threshold.")
    return Statement(sentence.replace("%(date)s", date), none)


_SPECIAL: Mapping[str, Callable[[Words, Describer, Field, Any], Any]] = {
    "parts": _anatomy,
    "materials": _whole,
    "steps": _steps,
    "none-of-concern": _no_substances,
    "very-high-concern": _very_high_concern,
}
