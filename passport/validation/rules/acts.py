"""Rules about what an event says: members of its kind, and parts that can be followed."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from passport.model.events import BY_SERVICE, EventType
from passport.model.report import Finding
from passport.published import Published
from passport.validation.forms import EVENT, EVENTS
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject

_SUBMITTED: Final = frozenset(EventType) - BY_SERVICE


@lru_cache(maxsize=64)
def _belonging(published: Published, group: str, version: str) -> Mapping[str, tuple[str, ...]]:
    """The members that belong to some kinds of events only, each with those."""
    return {each.name: each.events for each in published.shape(group, version, EVENT.value).fields if each.events}


@rule("event-member", levels=EVENTS)
def event_member(subject: Subject) -> Iterator[Finding]:
    """A member stands in the kinds of events that it belongs to (field list, section 11.2): MUST, others ignore it."""
    kind = subject.text("eventType")
    if kind is None or kind not in subject.facts.published.code_list("event-type").codes:
        return
    belonging = _belonging(subject.facts.published, subject.group, subject.version)
    for name in subject.value:
        events = belonging.get(name)
        if events is not None and kind not in events:
            told = {"field": name, "events": ", ".join(events)}
            yield subject.finding("event-member", (name,), subject.value[name], **told)


@rule("event-of-service", "eventType", levels=EVENTS)
def event_of_service(subject: Subject) -> Iterator[Finding]:
    """What the service does to passports it records itself (V57, EN 18221; T06): MUST not be submitted."""
    kind = subject.text("eventType")
    if kind not in _SUBMITTED and kind in subject.facts.published.code_list("event-type").codes:
        yield subject.finding("event-of-service", ("eventType",), kind)


@rule("reused-part-unlinked", "partsUsed", levels=EVENTS)
def reused_part_unlinked(subject: Subject) -> Iterator[Finding]:
    """A reused part that has a passport names it (field list, section 11.2, partsHarvested): SHOULD.

    Most parts have none, so that nothing is refused.
    """
    for place, each in subject.entries("partsUsed"):
        if each.get("partOrigin") == "reused" and "partPassport" not in each:
            yield subject.finding("reused-part-unlinked", (*place, "partPassport"))
