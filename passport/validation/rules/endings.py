"""Rules about the end of a piece: a route that fits what happened, and masses that were weighed."""

from collections.abc import Iterator, Mapping
from typing import Final

from passport.model.events import EventType
from passport.model.report import Finding
from passport.validation.forms import EVENTS
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject, number

_ROUTES: Final[Mapping[str, tuple[str, ...]]] = {
    EventType.RECYCLED: ("material-recycling", "composting"),
    EventType.ENERGY_RECOVERED: ("energy-recovery",),
    EventType.DISPOSED: ("incineration-D10", "landfill-D1", "hazardous-treatment"),
    EventType.DESTROYED: (
        *("material-recycling", "energy-recovery", "incineration-D10", "landfill-D1", "hazardous-treatment"),
    ),
}
"""The routes that each kind of end can take."""
_TREATMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "material-recycling": ("R3", "R4", "R5", "R12", "R13"),
    "composting": ("R3", "R12", "R13"),
    "energy-recovery": ("R1", "R12", "R13"),
    "incineration-D10": ("D10", "D13", "D14", "D15"),
    "landfill-D1": ("D1", "D5", "D13", "D14", "D15"),
}
"""The operations of Annexes I and II of the Waste Framework Directive by route; R12, R13 and D13 to D15 come before."""
_WEIGHED: Final = ("masses", "partsUsed", "parts")


@rule("route-of-other-event", "route", levels=EVENTS)
def route_of_other_event(subject: Subject) -> Iterator[Finding]:
    """The route is one that the kind of event can take (Directive 2008/98/EC Article 3(15), (17), (19)): MUST.

    What was burnt was not recycled: figures for the waste hierarchy are counted by the kind of event.
    """
    route, fitting = subject.text("route"), _ROUTES.get(subject.text("eventType") or "")
    if route is not None and fitting is not None and route not in fitting:
        yield subject.finding("route-of-other-event", ("route",), route, routes=" / ".join(fitting))


@rule("treatment-code-route", "treatmentCode", levels=EVENTS)
def treatment_code_route(subject: Subject) -> Iterator[Finding]:
    """An R or D code is one of the route (Directive 2008/98/EC Annexes I and II): SHOULD, the pairs are unconfirmed.

    Without a route the kind of event says what is meant where it has one route only.
    """
    routes = _ROUTES.get(subject.text("eventType") or "", ())
    route = subject.text("route") or (routes[0] if len(routes) == 1 else "")
    code, fitting = subject.text("treatmentCode"), _TREATMENTS.get(route)
    if code is not None and fitting is not None and code not in fitting:
        yield subject.finding("treatment-code-route", ("treatmentCode",), code, expected=" / ".join(fitting))


@rule("mass-not-positive", *_WEIGHED, levels=EVENTS)
def mass_not_positive(subject: Subject) -> Iterator[Finding]:
    """What was weighed weighs something (field list, section 11.2, masses): MUST, a nought stands for not weighed."""
    for name in _WEIGHED:
        for place, each in subject.entries(name):
            mass = number(each.get("mass"))
            if mass is not None and mass <= 0:
                yield subject.finding("mass-not-positive", (*place, "mass"), each["mass"])
