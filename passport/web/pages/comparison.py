"""Two models side by side: their material shares, and every field that either of them speaks of."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from passport.errors import Refusal
from passport.model.shortcode import grouped
from passport.published import Field, Group
from passport.web.pages import composition, refusals
from passport.web.pages.describing import Describer, is_document
from passport.web.pages.sheet import Picture, Plan, Sheets, kind_of, name_of, picture_of
from passport.web.pages.views import ComparisonView
from passport.web.pages.words import Text, Words

Documents: TypeAlias = tuple[Mapping[str, Any], Mapping[str, Any]]
"""Two canonical documents."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models."""

    code: str
    path: str
    name: Text
    kind: Text | None
    maker: str
    picture: Picture | None


class State(StrEnum):
    """How the two models compare in one line."""

    SAME = "same"
    DIFFERENT = "different"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that both may speak of; no texts where a model says nothing."""

    label: str
    values: tuple[tuple[Text, ...], tuple[Text, ...]]

    @property
    def state(self) -> State:
        """Whether both say the same, or something different, or only one of them says anything."""
        left, right = (sorted(text.value for text in each) for each in self.values)
        if left == right:
            return State.SAME
        return State.DIFFERENT if left and right else State.ONE


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one section."""

    id: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """One material in both models: its share of each as text, and as a stretch of each plot (start, width)."""

    label: Text
    tone: int
    shares: tuple[str, str]
    stretches: tuple[tuple[str, str] | None, tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models side by side. ``counts`` are of all lines, also of those not shown."""

    sides: tuple[Side, Side]
    bands: tuple[Band, ...]
    parts: tuple[Part, ...]
    counts: Mapping[State, int]

    @property
    def striped(self) -> bool:
        """Whether some of the bands are striped alike."""
        return any(band.tone > composition.TONES for band in self.bands)


def compare(
    words: Words, sheets: Sheets, codes: tuple[str, str], documents: Documents, base: str, *, differing: bool = False
) -> Comparison:
    """The comparison of two models; with ``differing`` only of what differs."""
    plan, other = (sheets.plan(each, "model") for each in documents)
    describers = (Describer(words, documents[0]), Describer(words, documents[1]))
    parts: list[Part] = []
    counts = Counter(dict.fromkeys(State, 0))
    for name, fields in _sections(plan, other):
        lines = [line for field in fields for line in _lines(words, plan.group, describers, field)]
        counts.update(line.state for line in lines)
        if shown := [line for line in lines if not differing or line.state is not State.SAME]:
            parts.append(Part(name, plan.title(name, words), tuple(shown)))
    first, second = (side(words, sheets, code, each, base) for code, each in zip(codes, documents, strict=True))
    return Comparison((first, second), _bands(words, documents), tuple(parts), counts)


def side(words: Words, sheets: Sheets, code: str, document: Mapping[str, Any], base: str) -> Side:
    """One model as it stands at the head of a comparison, or in a list to choose from."""
    plan = sheets.plan(document, "model")
    maker = document.get("manufacturer")
    return Side(
        grouped(code),
        f"/passports/{code}",
        name_of(words, (document,), code, plan),
        kind_of(words, (document,), plan),
        str(maker.get("name", "")) if isinstance(maker, Mapping) else "",
        picture_of(words, (document,), base),
    )


def _sections(plan: Plan, other: Plan) -> Iterable[tuple[str, tuple[Field, ...]]]:
    """The sections of the first model's group; what only the other's group knows comes at their end."""
    if plan is other:
        return plan.sections
    known = {field.name for _, fields in plan.sections for field in fields}
    more = tuple(field for _, fields in other.sections for field in fields if field.name not in known)
    *sections, (last, further) = plan.sections
    return (*sections, (last, (*further, *more)))


def _lines(words: Words, group: Group, describers: tuple[Describer, Describer], field: Field) -> list[Line]:
    values = tuple(each.value(field.name) for each in describers)
    if field.name in group.incomparable or values == (None, None) or field.kind == "untouched":
        return []
    label = words.field(field.name)
    if field.kind != "object" or field.many or is_document(field):
        brief = _brief(group, field)
        texts = tuple(() if v is None else d.said(brief, v) for d, v in zip(describers, values, strict=True))
        return _line(label, texts[0], texts[1])
    left, right = (value if isinstance(value, Mapping) else {} for value in values)
    members = [each for each in _brief(group, field).fields if each.name in left or each.name in right]
    found: list[Line] = []
    for member in members:
        name = label if len(members) == 1 else f"{label}: {words.field(member.name)}"
        texts = tuple(_member(d, member, v) for d, v in zip(describers, (left, right), strict=True))
        found.extend(_line(name, texts[0], texts[1]))
    return found


def _member(describer: Describer, member: Field, value: Mapping[str, Any]) -> tuple[Text, ...]:
    held = value.get(member.name)
    return () if held is None else describer.said(member, held)


def _line(label: str, left: tuple[Text, ...], right: tuple[Text, ...]) -> list[Line]:
    if not left and not right:
        return []
    return [Line(label, (left, right))]


def _brief(group: Group, field: Field) -> Field:
    """The field with only those members that are worth comparing."""
    kept = group.brief.get(field.name)
    if kept is None or not field.fields:
        return field
    return replace(field, fields=tuple(each for each in field.fields if each.name in kept))


def _bands(words: Words, documents: Documents) -> tuple[Band, ...]:
    """Every material of either model, the most used first."""
    shares: Sequence[Mapping[str | None, Decimal]] = [
        {each.code: each.percent for each in composition.shares(document)} for document in documents
    ]
    if not all(shares):
        return ()
    zero = Decimal(0)
    codes = sorted(
        {code for each in shares for code in each},
        key=lambda code: (code is None, -max(each.get(code, zero) for each in shares), code or ""),
    )
    starts = [zero, zero]
    bands: list[Band] = []
    for place, code in enumerate(codes):
        label = Text(words.texts.gettext("Not declared")) if code is None else words.code("material-class", code)
        told: list[str] = []
        stretches: list[tuple[str, str] | None] = []
        for index, each in enumerate(shares):
            share = each.get(code)
            told.append(words.quantity(_rounded(share), "%") if share is not None else "–")
            stretches.append((f"{starts[index]:.2f}", f"{share:.2f}") if share is not None else None)
            starts[index] += share or zero
        bands.append(Band(label, composition.tone(place, code), (told[0], told[1]), (stretches[0], stretches[1])))
    return tuple(bands)


def _rounded(share: Decimal) -> str:
    return f"{share.quantize(Decimal('0.1')).normalize():f}"


def page(words: Words, sheets: Sheets, view: ComparisonView, base: str) -> tuple[str, dict[str, Any]]:
    """The template and its values: the comparison of two models, or the form to name them."""
    if len(view.models) == 2:
        (one, left), (other, right) = view.models
        found = compare(words, sheets, (one, other), (left, right), base, differing=view.differing)
        return "comparison.html", {"comparison": found, "differing": view.differing, "more": view.more}
    chosen = [side(words, sheets, code, document, base) for code, document in view.models]
    messages = [_objection(words, each) for each in view.refusals]
    return "compare.html", {
        "chosen": chosen[0] if chosen else None,
        "alike": [side(words, sheets, code, document, base) for code, document in view.alike],
        "typed": view.typed,
        "messages": messages,
        "errors": [{**each, "href": f"#model-{place}"} for place, each in enumerate(messages, 1) if each],
    }


def _objection(words: Words, refusal: Refusal | None) -> dict[str, str] | None:
    """What is wrong with what stands in a field, as an error message of the interface kit."""
    if refusal is None:
        return None
    told = refusals.tell(words, refusal)
    said = told.paragraphs[-1].value if refusal.code == "malformed" and told.paragraphs else told.heading
    return {"text": said, "visuallyHiddenText": words.texts.gettext("Error")}
