"""Whether what clients saw of a piece's ownership could have happened one act after the other.

An operation is what one client asked and was answered, with the real times of both. A history is linearizable when each
operation can be given one moment between its two times so that, in the order of these moments, every answer is the one
that the rules of a hand-over give. Pieces do not depend on each other, so each is judged alone. The search is that of
Wing and Gong with the memory of Lowe: no set of done operations is tried twice with the same state.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum


class Answer(Enum):
    """What became of an operation: done, refused, or nobody knows because no answer came."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Operation:
    """``act`` is offer, accept, withdraw, refuse or read. ``transfer`` names the offer that it makes or is about.

    ``other`` is the receiver of an offer, or the owner that a read saw.
    """

    client: str
    by: str
    act: str
    piece: str
    start: float
    end: float
    answer: Answer
    transfer: str | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Who owns a piece, and the offer that is open: its name and its receiver."""

    owner: str
    transfer: str | None = None
    receiver: str | None = None


def after(piece, operation):
    """The piece after an operation that is allowed; None when the rules forbid it. A read changes nothing."""
    by, named = operation.by, operation.transfer
    match operation.act:
        case "offer" if by == piece.owner and piece.transfer is None:
            return Piece(piece.owner, named, operation.other)
        case "accept" if named is not None and (named, by) == (piece.transfer, piece.receiver):
            return Piece(by)
        case "withdraw" if named is not None and (by, named) == (piece.owner, piece.transfer):
            return Piece(piece.owner)
        case "refuse" if named is not None and (named, by) == (piece.transfer, piece.receiver):
            return Piece(piece.owner)
        case _:
            return None


def step(piece, operation):
    """The piece after an operation with the answer that was given; None when that answer would be wrong."""
    if operation.act == "read":
        return piece if operation.other == piece.owner else None
    changed = after(piece, operation)
    if operation.answer is Answer.REFUSED:
        return piece if changed is None else None
    return changed


def conflicts(operations, owners):
    """The pieces whose operations fit no order; ``owners`` says who owned each at the beginning."""
    sorted_out = defaultdict(list)
    for operation in operations:
        sorted_out[operation.piece].append(operation)
    return [piece for piece, own in sorted_out.items() if not _fits(own, Piece(owners[piece]))]


def double_winners(operations):
    """The offers that more than one operation closed: at most one acceptance, withdrawal or refusal wins."""
    closed = defaultdict(list)
    for operation in operations:
        if operation.act in ("accept", "withdraw", "refuse") and operation.answer is Answer.DONE:
            closed[operation.piece, operation.transfer].append(operation)
    return {offer: winners for offer, winners in closed.items() if len(winners) > 1}


class _Moment:
    """The beginning or end of an operation, in a list that moments are taken out of and put back into."""

    __slots__ = ("after", "before", "begin", "end", "number", "operation")

    def __init__(self, operation, number):
        self.operation, self.number = operation, number
        self.before = self.after = self.end = None
        self.begin = False

    def leave(self):
        self.before.after = self.after
        if self.after is not None:
            self.after.before = self.before

    def come_back(self):
        self.before.after = self
        if self.after is not None:
            self.after.before = self


def _moments(operations):
    """The list of all moments in order, behind a head. An operation without an answer never ends."""
    timed = []
    for number, operation in enumerate(operations):
        begin = _Moment(operation, number)
        begin.begin = True
        timed.append((operation.start, 0, number, begin))
        if operation.answer is not Answer.UNKNOWN:
            begin.end = _Moment(operation, number)
            timed.append((operation.end, 1, number, begin.end))
    head = last = _Moment(None, -1)
    for *_, moment in sorted(timed, key=lambda each: each[:3]):
        last.after, moment.before = moment, last
        last = moment
    return head


def _fits(operations, piece):
    """Whether the operations of one piece fit some order."""
    head = _moments(operations)
    left = sum(operation.answer is not Answer.UNKNOWN for operation in operations)
    done, seen, chosen = 0, set(), []
    moment = head.after
    while left:
        if moment is not None and moment.begin:
            changed = step(piece, moment.operation)
            taken = done | 1 << moment.number
            if changed is None or (taken, changed) in seen:
                moment = moment.after
                continue
            seen.add((taken, changed))
            chosen.append((moment, piece, done))
            piece, done = changed, taken
            moment.leave()
            if moment.end is not None:
                moment.end.leave()
                left -= 1
            moment = head.after
            continue
        if not chosen:
            return False
        moment, piece, done = chosen.pop()
        if moment.end is not None:
            moment.end.come_back()
            left += 1
        moment.come_back()
        moment = moment.after
    return True
