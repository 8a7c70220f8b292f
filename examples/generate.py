"""Makes any number of made-up pieces of the example models, or the events of their lives: NDJSON on standard output.

    python examples/generate.py --pieces 100000 --seed 1 --models --batches > pieces.ndjson
    python examples/generate.py --pieces 100000 --seed 1 --events > events.ndjson

The same seed gives the same bytes, on every machine and Python. ``--models`` and ``--batches`` print what the pieces
refer to before them; with ``--batches`` pieces also name their batch by its GS1 address. The owners are those of
``organisations.toml``; the service must know them. Models keep what the examples say of them, except pictures, and get
GTINs from the prefix 952 that GS1 keeps for examples, as real ones were not published. ``making/tables.toml`` has the
shares and words. No persons occur.

``--events`` prints, instead of documents, what happens to the pieces that have a GS1 key after what their documents
say: one line of one piece after the other and each in the order of time. A line is ``{"by": …, "event": …}``: the
organisation of ``organisations.toml`` that submits it, and what it submits by the schema of events. An offer's line
also has ``"opens": "http://localhost/transfers/…"``; the line of its acceptance names it so, and whoever submits
the lines puts the address there with which the service answered the offer. Ends have no time: they happen when
they are recorded, as an end cannot lie before a recorded change of hands. Before the events are submitted, each owner
must let two others record some of them (``DELEGATED`` in ``making/lives.py``). ``making/rounds.py`` puts the lines into
few submissions.
"""

import argparse
import json
import sys
from collections.abc import Iterator

from making.drawing import Chance
from making.lives import Life
from making.pieces import Document, Pieces, batches, models


def documents(pieces: int, seed: int, *, with_models: bool, with_batches: bool) -> Iterator[Document]:
    """Models and batches, where wanted, and then pieces, in an order in which they can be submitted."""
    made = models()
    if with_models:
        yield from (model.document for model in made)
    if with_batches:
        yield from batches(made)
    maker = Pieces(seed, made, named=with_batches)
    for number in range(pieces):
        yield maker.piece(number).document


def events(pieces: int, seed: int) -> Iterator[Document]:
    """What happens to the same pieces after what their documents say: lines of who submits which event."""
    maker = Pieces(seed, models())
    chance = Chance(seed + 1_000_000_000)
    for number in range(pieces):
        piece = maker.piece(number)
        if piece.address is not None:
            yield from Life(piece, number, seed, chance).events()


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes up pieces of the example models, as NDJSON.")
    parser.add_argument("--pieces", type=int, default=1_000, help="how many pieces")
    parser.add_argument("--seed", type=int, default=1, help="a number of at most nine digits")
    parser.add_argument("--models", action="store_true", help="print the models first")
    parser.add_argument("--batches", action="store_true", help="print the batches before the pieces, which name them")
    parser.add_argument("--events", action="store_true", help="print what happens to the pieces instead of documents")
    wanted = parser.parse_args()
    if not 0 <= wanted.seed < 1_000_000_000:
        parser.error("a seed has at most nine digits")
    if wanted.events:
        lines: Iterator[Document] = events(wanted.pieces, wanted.seed)
    else:
        lines = documents(wanted.pieces, wanted.seed, with_models=wanted.models, with_batches=wanted.batches)
    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for line in lines:
        sys.stdout.write(write(line) + "\n")


if __name__ == "__main__":
    main()
