"""Lines of events put into few submissions, in an order in which all of them can be accepted."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence

from making.pieces import Document


def rounds(lines: Iterable[Document], *, most: int = 5_000) -> Iterator[tuple[str, Sequence[Document]]]:
    """The lines of each submission with the organisation that submits it, of at most ``most`` events.

    The lines of one piece stay in their order. Whatever a line answers was submitted in an earlier round, as nobody
    accepts an offer of its own: so its answer is there when the next round is asked for.
    """
    waiting: dict[str, deque[Document]] = defaultdict(deque)
    for line in lines:
        waiting[line["event"]["products"][0]].append(line)
    next_by: dict[str, list[str]] = defaultdict(list)
    for piece, queue in waiting.items():
        next_by[queue[0]["by"]].append(piece)
    while next_by:
        by = max(next_by, key=lambda each: (len(next_by[each]), each))
        ready: list[Document] = []
        for piece in next_by.pop(by):
            queue = waiting[piece]
            while queue and queue[0]["by"] == by:
                ready.append(queue.popleft())
            if queue:
                next_by[queue[0]["by"]].append(piece)
        for start in range(0, len(ready), most):
            yield by, ready[start : start + most]
