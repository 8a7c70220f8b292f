"""The fold: what is true of a piece whatever happened to it, and in whatever order it became known."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from passport.codecs.state import from_text, to_text
from passport.model.events import BY_SERVICE, ENDINGS, OBSERVATIONS, Event, EventType, Subject, Transfer
from passport.model.lifecycle import course, fold, refold
from passport.model.passport import Standing
from passport.model.possible import Impossible
from passport.model.state import State

quick = settings(max_examples=40, deadline=None, suppress_health_check=[*HealthCheck])
START = Event(EventType.CREATED, "2026-01-01T00:00:00Z", id="0", recorded="2026-01-01T00:00:00Z", owner="city")
PARTIES = st.sampled_from(["city", "village", "depot", "private-party"])
COMPONENTS = st.lists(st.sampled_from(["seat", "back", "frame"]), max_size=2, unique=True).map(tuple)
LATER = tuple(each for each in EventType if each is not EventType.CREATED)
CALM = sorted(OBSERVATIONS - {EventType.LOST, EventType.FOUND})
"""Observations that are possible whatever was observed before."""


def _moment(minute: int) -> str:
    return f"2026-02-{minute // 1440 + 1:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00Z"


@st.composite
def happenings(draw: st.DrawFn, types: Sequence[EventType] = LATER, longest: int = 12) -> list[Event]:
    """Events in the order of a log, possible or not; their own times are anywhere before that."""
    found = []
    for number in range(1, draw(st.integers(1, longest)) + 1):
        type_ = draw(st.sampled_from(sorted(types)))
        opens = type_ is EventType.OFFERED_TRANSFER
        subject = draw(st.sampled_from(sorted(Subject)))
        closes = type_ in {
            *(EventType.NEW_OWNER, EventType.NEW_OPERATOR, EventType.REFUSED_TRANSFER, EventType.WITHDRAWN_TRANSFER),
        }
        found.append(
            Event(
                type_,
                _moment(draw(st.integers(0, 1000 * number))),
                id=str(number),
                recorded=_moment(1000 * number + 1),
                actor=draw(PARTIES),
                owner=draw(PARTIES) if type_ is EventType.NEW_OWNER else None,
                holder=draw(PARTIES) if type_ in {EventType.LENT, EventType.COLLECTED} else None,
                grade=draw(st.sampled_from([None, "A", "C"])),
                transfer=Transfer(f"t{number % 3}", subject, draw(PARTIES), _moment(14000)) if opens else None,
                answers=draw(st.sampled_from(["t0", "t1", "t2", None])) if closes else None,
                replaced=draw(COMPONENTS) if type_ in OBSERVATIONS else (),
                removed=draw(COMPONENTS) if type_ in OBSERVATIONS else (),
            )
        )
    return found


def possible(events: Sequence[Event]) -> tuple[State, list[Event]]:
    """Fold what can happen, leave out what cannot, as the service does."""
    state, kept = fold(State(), START), [START]
    for event in events:
        try:
            state = fold(state, event)
        except Impossible:
            continue
        kept.append(event)
    return state, kept


@quick
@given(happenings())
def test_folding_one_by_one_is_folding_anew(events: list[Event]) -> None:
    state, kept = possible(events)
    assert refold(kept) == state
    assert from_text(to_text(state)) == state


@quick
@given(happenings(CALM, longest=6).flatmap(lambda events: st.tuples(st.just(events), st.permutations(events))))
def test_observations_may_become_known_in_any_order(pair: tuple[list[Event], list[Event]]) -> None:
    events, shuffled = pair
    assume(len({each.time for each in events}) == len(events))
    expected = refold([START, *events])
    assert refold([START, *shuffled]) == expected


@quick
@given(happenings(), st.data())
def test_what_never_happened_leaves_no_trace(events: list[Event], data: st.DataObject) -> None:
    _, kept = possible(events)
    wrong = data.draw(st.sampled_from(kept))
    assume(wrong is not START)
    taken_back = replace(wrong, id="back", supersedes=wrong.id, cancels=True, recorded=_moment(14001))
    without = [each for each in kept if each is not wrong]
    assert course([*kept, taken_back]) == without
    try:
        expected = refold(without)
    except Impossible:
        with pytest.raises(Impossible):
            refold([*kept, taken_back])
    else:
        assert refold([*kept, taken_back]) == expected


@quick
@given(happenings(), st.data())
def test_what_is_corrected_stands_in_its_place(events: list[Event], data: st.DataObject) -> None:
    _, kept = possible(events)
    wrong = data.draw(st.sampled_from(kept))
    assume(wrong is not START)
    right = replace(wrong, id="right", supersedes=wrong.id, grade="E", recorded=_moment(14001))
    assert course([*kept, right]) == [right if each is wrong else each for each in kept]
    better = replace(right, id="better", supersedes="right", grade="D")
    assert course([*kept, right, better]) == [better if each is wrong else each for each in kept]


@quick
@given(happenings())
def test_hands_follow_the_log_whatever_the_clock_said(events: list[Event]) -> None:
    state, kept = possible(events)
    owners = [each.owner for each in kept if each.type in {EventType.NEW_OWNER, EventType.CREATED}]
    assert state.owner == owners[-1]
    changing = {EventType.NEW_OWNER, EventType.LENT, EventType.RETURNED, EventType.COLLECTED}
    if state.holder is not None:
        last = [each for each in kept if each.type in changing][-1]
        assert state.holder == last.holder
    assert state.hands == next((each.recorded for each in reversed(kept) if each.type in changing), None)


@quick
@given(happenings())
def test_an_end_is_an_end(events: list[Event]) -> None:
    state, kept = possible(events)
    ends = [each for each in kept if each.type in ENDINGS]
    assert (state.ending, state.ended) == ((ends[-1].type, ends[-1].time) if ends else (None, None))
    for later in kept[kept.index(ends[0]) + 1 :] if ends else []:
        late = later.type in OBSERVATIONS and later.time < ends[0].time
        remains = ends[0].type is EventType.DISMANTLED
        assert late or remains or later.type in BY_SERVICE, later
    if state.standing is Standing.ARCHIVED:
        place = next(number for number, each in enumerate(kept) if each.type is EventType.ARCHIVED)
        assert {each.type for each in kept[place + 1 :]} <= {EventType.ERASED}


@quick
@given(happenings())
def test_a_transfer_is_open_from_its_offer_to_its_end(events: list[Event]) -> None:
    state, kept = possible(events)
    offers = [each.transfer for each in kept if each.transfer is not None]
    if state.transfer is not None:
        assert state.transfer == offers[-1]
    closed = {each.answers for each in kept if each.answers is not None}
    assert closed <= {each.id for each in offers if each is not None}


@quick
@given(happenings(CALM))
def test_the_newest_observation_by_its_own_time_stands(events: list[Event]) -> None:
    state, kept = possible(events)
    graded = [each for each in kept if each.grade is not None]
    if graded:
        newest = max(graded, key=lambda each: each.time)
        assert state.graded == newest.time
        assert state.grade in {each.grade for each in graded if each.time == newest.time}
    assert state.repairs == sum(each.type in {EventType.REPAIRED, EventType.PARTS_REPLACED} for each in kept)
    for change in state.changes:
        touching = [each.time for each in kept if change.component in (*each.replaced, *each.removed)]
        assert change.time == max(touching)
