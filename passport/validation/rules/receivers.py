"""Rules about whom an event names: organisations that are registered, and never persons."""

from collections.abc import Iterator
from typing import Final

from passport.model.events import EventType
from passport.model.report import Finding
from passport.validation.forms import EVENTS
from passport.validation.rules.registry import rule
from passport.validation.rules.relations import PRIVATE
from passport.validation.subject import Subject

_OTHERS: Final = ("borrower", "collector", "repairer", "reservedFor")
_NEVER_PRIVATE: Final = ("collector", "reservedFor")
"""Who collects or waits for a piece in the name of an organisation; persons are left out."""


def _unregistered(subject: Subject, name: str) -> str | None:
    slug, known = subject.text(name), subject.facts.known
    wanted = slug is not None and slug != PRIVATE and known.complete
    return slug if wanted and slug is not None and not known.organisation(slug) else None


@rule("transfer-receiver-unknown", "receiver", levels=EVENTS)
def transfer_receiver_unknown(subject: Subject) -> Iterator[Finding]:
    """A piece goes to an organisation that is registered here (ESPR 10(1)(e); V50): MUST, nobody else can accept it."""
    slug = _unregistered(subject, "receiver")
    if slug is not None:
        yield subject.finding("transfer-receiver-unknown", ("receiver",), slug)


@rule("organisation-unknown", *_OTHERS, levels=EVENTS)
def organisation_unknown(subject: Subject) -> Iterator[Finding]:
    """Who borrows, collects, repairs or waits for a piece is registered or private (V50; ESPR 10(1)(e)): MUST.

    A name that is not registered may be a person's.
    """
    for name in _OTHERS:
        slug = _unregistered(subject, name)
        if slug is not None:
            yield subject.finding("organisation-unknown", (name,), slug, field=name)


@rule("private-party-misplaced", "receiver", *_NEVER_PRIVATE, levels=EVENTS)
def private_party_misplaced(subject: Subject) -> Iterator[Finding]:
    """Nothing is offered to, kept for or collected by a private person by name (V50, V59; ESPR 10(1)(e)): MUST.

    A private person cannot accept an offer here: the owner records the transfer, and hands out a claim secret.
    """
    offered = subject.text("eventType") == EventType.OFFERED_TRANSFER
    for name in (*(("receiver",) if offered else ()), *_NEVER_PRIVATE):
        if subject.text(name) == PRIVATE:
            yield subject.finding("private-party-misplaced", (name,), PRIVATE, field=name)
