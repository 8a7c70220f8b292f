"""What was true of a piece at a time, where what was said of it had to be corrected."""

from typing import Any

import pytest

from passport.service import past


@pytest.fixture
def repaired(act: Any, chair: str, clock: Any) -> Any:
    """A chair of the city with one repair, which is then said to have been at another time; gives its code."""

    def repaired(first: str, then: str) -> str:
        clock.forward(days=1)
        event = {"eventType": "repaired", "products": [chair], "repairTypes": ["re-glue"]}
        wrong = act("city", {**event, "eventTime": first}).recorded[0].event
        clock.forward(days=1)
        act("city", {**event, "eventTime": then, "supersedes": wrong, "correctionReason": "incorrect-data"})
        return chair

    return repaired


EARLY, BETWEEN, LATE = "2026-11-21T13:00:00Z", "2026-11-21T14:00:00Z", "2026-11-21T15:00:00Z"


@pytest.mark.parametrize(("first", "then", "repairs"), [(EARLY, LATE, 0), (LATE, EARLY, 1)])
def test_a_corrected_event_counts_from_the_time_that_its_correction_says(system, repaired, first, then, repairs):
    found = past.then(system, repaired(first, then), at=BETWEEN)
    assert found.state.repairs == repairs
    assert any(b'"repaired"' in each.payload for each in found.documents) is bool(repairs)
    assert past.then(system, found.product.code).state.repairs == 1


def test_a_correction_of_a_correction_goes_with_what_it_corrects(system, act, repaired, chair, clock):
    repaired(EARLY, EARLY)
    newest = past.then(system, chair).documents[-1]
    clock.forward(days=1)
    never = {"eventType": "repaired", "products": [chair], "correctionReason": "did-not-occur"}
    act("city", {**never, "supersedes": f"{system.base}/events/{newest.id}"})
    assert past.then(system, chair, at=BETWEEN).state.repairs == 0
