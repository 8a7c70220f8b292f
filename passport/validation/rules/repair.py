"""Rules about taking apart: joints that open, and tools."""

from collections.abc import Iterator
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, inner, objects

_MODEL: Final = frozenset({Level.MODEL})
_PERMANENT: Final = frozenset({"weld", "glue", "rivet", "moulded"})
"""Joints that open only by damage. Staples, nails, seams and press fits are left out: workshops do open them."""
_NO_TOOL: Final = frozenset(
    {
        *("-", "–", "no", "none", "no tool", "no tools", "by hand", "hands", "hand"),
        *("ingen", "inga", "inget", "inget verktyg", "inga verktyg", "för hand", "händer"),
        *("ingen værktøj", "intet værktøj", "intet", "i hånden", "hænder", "med hånden"),
        *("brak", "bez narzędzi", "ręcznie", "ręce", "nie potrzeba"),
    }
)
"""What people write where no tool is needed."""


@rule("joint-not-reversible", "joints", levels=_MODEL)
def joint_not_reversible(subject: Subject) -> Iterator[Finding]:
    """A joint called reversible opens without damage (row 51; EN 17902): SHOULD not be welded, glued or riveted.

    Adhesives that let go when heated exist, so that the statement is doubtful and not wrong.
    """
    for place, each in subject.entries("joints"):
        if each.get("reversible") is True and str(each.get("jointType")) in _PERMANENT:
            yield subject.finding("joint-not-reversible", (*place, "reversible"), each["jointType"])


def _tool(words: object) -> str | None:
    """A tool that a text names in some language; None where it says that none is needed."""
    for each in words if isinstance(words, list) else ():
        value = each.get("value") if isinstance(each, dict) else None
        if isinstance(value, str) and value.strip(" .").casefold() not in _NO_TOOL:
            return value
    return None


def _tools(subject: Subject) -> Iterator[tuple[Place, str]]:
    for place, step in objects(inner(subject.value, "disassembly"), "steps"):
        tool = _tool(step.get("tool"))
        if tool is not None:
            yield ("disassembly", *place, "tool"), tool
    for place, joint in subject.entries("joints"):
        tool = _tool(joint.get("tool")) if joint.get("reversible") is True else None
        if tool is not None:
            yield (*place, "tool"), tool


@rule("disassembly-tool-named", "disassembly", levels=_MODEL)
def disassembly_tool_named(subject: Subject) -> Iterator[Finding]:
    """Disassembly said to need no tools names none in its steps and joints (row 77; DFØ; EN 17902): SHOULD, buyers ask.

    Free words may name a tool that is only handy; hence a warning.
    """
    if inner(subject.value, "disassembly").get("toolClass") == "none":
        for place, tool in _tools(subject):
            yield subject.finding("disassembly-tool-named", place, tool)
            return


@rule("disassembly-minutes", "disassembly", levels=_MODEL)
def disassembly_minutes(subject: Subject) -> Iterator[Finding]:
    """The steps take no longer than the whole, one after another (row 77): SHOULD, several persons may work at once."""
    block = inner(subject.value, "disassembly")
    whole, persons = block.get("minutes"), block.get("persons", 1)
    times = [each.get("minutes") for _, each in objects(block, "steps")]
    total = sum(each for each in times if type(each) is int)
    if type(whole) is int and total > whole and persons == 1:
        yield subject.finding("disassembly-minutes", ("disassembly", "minutes"), whole, total=total)
