"""Rules about when an event happened: not in the future, not before anybody recorded such things, by a sane clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from passport.model.report import Finding
from passport.validation.forms import EVENTS
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject

_AHEAD: Final = timedelta(minutes=5)
"""How far two clocks may differ (design, order of events)."""
_ASTRAY: Final = timedelta(days=366)
_FIRST: Final = 1800


def _moment(subject: Subject, name: str) -> datetime | None:
    """A time of the document in UTC; None where it is none or has no time zone."""
    text = subject.text(name)
    if text is None or len(text) > 40 or not text.isascii():
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@rule("event-in-future", "eventTime", levels=EVENTS)
def event_in_future(subject: Subject) -> Iterator[Finding]:
    """Nothing is recorded before it happened, with 5 minutes for clocks (EN 18221; V57; T26): MUST.

    A device that tells its own time is measured by that: the service corrects its events by what its clock is wrong.
    """
    happened, device = _moment(subject, "eventTime"), _moment(subject, "deviceTime")
    now = subject.facts.latest
    if device is not None and abs(device - now) <= _ASTRAY:
        now = device
    if happened is not None and happened - now > _AHEAD:
        yield subject.finding("event-in-future", ("eventTime",), subject.text("eventTime"), limit=_said(now))


@rule("event-long-ago", "eventTime", levels=EVENTS)
def event_long_ago(subject: Subject) -> Iterator[Finding]:
    """No life of furniture that anybody records began before 1800 (field list, section 11.1): MUST, the year is a slip.

    Clocks without a battery start at 1601 or 0001.
    """
    happened = _moment(subject, "eventTime")
    if happened is not None and happened.year < _FIRST:
        yield subject.finding("event-long-ago", ("eventTime",), subject.text("eventTime"), limit=_FIRST)


@rule("device-clock", "deviceTime", levels=EVENTS)
def device_clock(subject: Subject) -> Iterator[Finding]:
    """A clock that is a year wrong tells nothing by which an event could be corrected (T26; EN 18221): MUST be set."""
    device, now = _moment(subject, "deviceTime"), subject.facts.latest
    if device is not None and abs(device - now) > _ASTRAY:
        yield subject.finding("device-clock", ("deviceTime",), subject.text("deviceTime"), limit=_said(now))
