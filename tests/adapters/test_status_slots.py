"""Slots in status lists: never given twice, in no order, and set for ever; on every adapter."""

from itertools import pairwise

import pytest

from passport.errors import NotFound
from passport.ports import STATUS_LIST_SIZE

pytestmark = pytest.mark.both_stores


class Stop(Exception):
    pass


def test_status_slots_are_never_given_twice_and_burnt_by_failure(store):
    seen = set()

    def take(number, *, fail):
        with store.history.writing() as writing:
            slots = writing.status_slots(number)
            assert len(slots) == number
            assert not seen & set(slots)
            seen.update(slots)
            if fail:
                raise Stop

    for number, fail in ((3, True), (1, False), (50, True), (2, True), (50, False), (1, True), (1, False)):
        if fail:
            with pytest.raises(Stop):
                take(number, fail=True)
        else:
            take(number, fail=False)
    assert len(seen) == 108
    assert {number for number, _ in seen} == {0}


def test_status_slots_fill_a_list_before_the_next_and_tell_no_order(store):
    with store.history.writing() as writing:
        slots = writing.status_slots(STATUS_LIST_SIZE + 5)
    assert store.history.status_lists() == 2
    first = [index for number, index in slots if number == 0]
    assert sorted(first) == list(range(STATUS_LIST_SIZE))
    assert len({index for number, index in slots if number == 1}) == 5
    rises = sum(low < high for low, high in pairwise(first))
    assert 0.48 < rises / len(first) < 0.52
    near = sum(abs(low - high) < 100 for low, high in pairwise(first))
    assert near < 600


def test_revocation_sets_one_bit_for_ever(store, samples):
    samples.issue(store, 3)
    first, second, third = (entry.document for entry in store.history.scan(0, 3))
    with store.history.writing() as writing:
        writing.revoke([second.id, third.id], samples.AT)
    with store.history.writing() as writing:
        writing.revoke([second.id], "2027-01-01T00:00:00Z")
    assert store.history.revoked(0) == {second.status_index, third.status_index}
    assert store.history.is_revoked(second.id)
    assert not store.history.is_revoked(first.id)
    with pytest.raises(NotFound), store.history.writing() as writing:
        writing.revoke([first.id, "unknown"], samples.AT)
    assert not store.history.is_revoked(first.id)
