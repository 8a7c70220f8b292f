"""The checker of hand-overs itself: good histories pass, and every kind of bad one is named."""

import random

import pytest

from tests.costs import within

ALLOWED = 100
"""Measures for a history of thousands of operations, which a search without memory would never end."""


@pytest.fixture(scope="module")
def judge(helper):
    return helper("linearizable")


@pytest.fixture
def history(judge):
    """Write a history by hand: lines of ``client by act start end answer [transfer] [other]`` about one piece."""

    def of(text):
        found = []
        for line in text.strip().splitlines():
            client, by, act, start, end, answer, *more = line.split()
            transfer, other = ([None if each == "-" else each for each in more] + [None, None])[:2]
            found.append(
                judge.Operation(
                    client, by, act, "chair", float(start), float(end), judge.Answer(answer), transfer, other
                )
            )
        return found

    return of


GOOD = {
    "one after the other": """
        1 a read 0 1 done - a
        1 a offer 1 2 done t1 b
        2 b accept 3 4 done t1
        3 c read 5 6 done - b
    """,
    "two who accept at once, one wins": """
        1 a offer 0 1 done t1 b
        2 b accept 2 5 done t1
        3 b accept 2 5 refused t1
    """,
    "a withdrawal and an acceptance at once, the withdrawal wins": """
        1 a offer 0 1 done t1 b
        1 a withdraw 2 6 done t1
        2 b accept 2 6 refused t1
        3 c read 7 8 done - a
    """,
    "a read during the acceptance sees the old owner, a later one the new": """
        1 a offer 0 1 done t1 b
        2 b accept 2 9 done t1
        3 c read 3 4 done - a
        3 c read 5 6 done - b
    """,
    "an acceptance without an answer that was done": """
        1 a offer 0 1 done t1 b
        2 b accept 2 3 unknown t1
        3 c read 5 6 done - a
        3 c read 7 8 done - b
    """,
    "an acceptance without an answer that was not done": """
        1 a offer 0 1 done t1 b
        2 b accept 2 3 unknown t1
        1 a withdraw 4 5 done t1
        3 c read 7 8 done - a
    """,
    "an offer that is refused while another is open": """
        1 a offer 0 4 done t1 b
        2 a offer 1 5 refused - c
    """,
}

BAD = {
    "two winners of one offer": """
        1 a offer 0 1 done t1 b
        2 b accept 2 5 done t1
        3 b accept 2 5 done t1
    """,
    "accepted and withdrawn": """
        1 a offer 0 1 done t1 b
        2 b accept 2 5 done t1
        1 a withdraw 2 5 done t1
    """,
    "two offers at once": """
        1 a offer 0 3 done t1 b
        2 a offer 0 3 done t2 c
    """,
    "accepted after it was withdrawn": """
        1 a offer 0 1 done t1 b
        1 a withdraw 2 3 done t1
        2 b accept 4 5 done t1
    """,
    "a stale read after the acceptance": """
        1 a offer 0 1 done t1 b
        2 b accept 2 3 done t1
        3 c read 4 5 done - a
    """,
    "reads that go back": """
        1 a offer 0 1 done t1 b
        2 b accept 2 9 done t1
        3 c read 3 4 done - b
        3 c read 5 6 done - a
    """,
    "offered by who is owner no more": """
        1 a offer 0 1 done t1 b
        2 b accept 2 3 done t1
        1 a offer 4 5 done t2 c
    """,
    "refused without a reason": """
        1 a offer 0 1 done t1 b
        2 b accept 2 3 refused t1
        3 c read 4 5 done - a
    """,
    "accepted by somebody else": """
        1 a offer 0 1 done t1 b
        2 c accept 2 3 done t1
    """,
    "an acceptance without an answer cannot be done twice": """
        1 a offer 0 1 done t1 b
        2 b accept 2 3 unknown t1
        1 a withdraw 4 5 done t1
        3 c read 7 8 done - b
    """,
}


@pytest.mark.parametrize("name", GOOD)
def test_t03_a_good_history_fits(judge, history, name):
    assert judge.conflicts(history(GOOD[name]), {"chair": "a"}) == []
    assert judge.double_winners(history(GOOD[name])) == {}


@pytest.mark.parametrize("name", BAD)
def test_t03_a_bad_history_is_caught(judge, history, name):
    assert judge.conflicts(history(BAD[name]), {"chair": "a"}) == ["chair"]


def test_t03_two_winners_are_named(judge, history):
    ((offer, winners),) = judge.double_winners(history(BAD["accepted and withdrawn"])).items()
    assert offer == ("chair", "t1")
    assert {each.act for each in winners} == {"accept", "withdraw"}


def played(judge, choice, number):
    """A long history of eight clients that did happen one act after the other, with answers that come late."""
    pieces, clock, found = {"chair": judge.Piece("a"), "desk": judge.Piece("b")}, 0.0, []
    for place in range(number):
        clock += 1.0
        name = choice.choice(list(pieces))
        piece, by = pieces[name], choice.choice("abcd")
        act = choice.choice(["read", "offer", "accept", "withdraw"])
        transfer, other = (f"t{place}", choice.choice("abcd")) if act == "offer" else (piece.transfer, None)
        other = piece.owner if act == "read" else other
        start, end = clock - choice.random() * 4, clock + choice.random() * 4
        asked = judge.Operation("c", by, act, name, start, end, judge.Answer.DONE, transfer, other)
        changed = piece if act == "read" else judge.after(piece, asked)
        answer = judge.Answer.REFUSED if changed is None else judge.Answer.DONE
        found.append(judge.Operation("c", by, act, name, start, end, answer, transfer, other))
        pieces[name] = changed or piece
    return found


@pytest.mark.parametrize("seed", range(2))
def test_t03_long_histories_are_judged_quickly(judge, seed):
    operations = played(judge, random.Random(seed), 4000)
    assert within(ALLOWED, lambda: judge.conflicts(operations, {"chair": "a", "desk": "b"})) == []
    assert judge.double_winners(operations) == {}
    accepted = next(each for each in operations if each.act == "accept" and each.answer is judge.Answer.DONE)
    again = judge.Operation(
        "x", accepted.by, "accept", accepted.piece, 3990.0, 3999.0, judge.Answer.DONE, accepted.transfer
    )
    assert judge.conflicts([*operations, again], {"chair": "a", "desk": "b"}) == [accepted.piece]
