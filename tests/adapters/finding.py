"""Things to be found, and how they are told to an index and asked for."""

from dataclasses import replace
from decimal import Decimal

from passport.model.passport import Level
from passport.model.search import Description, Findable, Query

CHAIR = Description(
    Level.MODEL,
    names=("Krzesło biurowe Lund",),
    kinds=("Kontorsstol", "Office chair"),
    words=("svart", "Lund Möbler AB"),
    codes=(("level", "model"), ("kind", "office-chair"), ("has", "netWeight"), ("maker", "Lund Möbler AB")),
    measures=(("netWeight", Decimal("14.6"), Decimal("14.6")), ("seatHeight", Decimal(400), Decimal(520))),
)
TABLE = Description(
    Level.MODEL,
    names=("Stół Åre", "Bord Åre"),
    kinds=("Skrivbord", "Desk"),
    words=("ek", "chair is a word that only its text has"),
    codes=(("level", "model"), ("kind", "desk"), ("has", "netWeight")),
    measures=(("netWeight", Decimal(40), Decimal(40)),),
)
PIECE = replace(CHAIR, level=Level.ITEM, codes=(("level", "item"), ("kind", "office-chair"), ("model", "CHAIR")))


def chair(number):
    return Findable(f"PIECE{number}", (f"S-{number:05}",), PIECE)


def learn(index, *products, position=1):
    def step(following):
        for product in products:
            following.put(product)
        following.reach(position, b"mark")

    assert index.follow(step)


def codes(index, text="", **asked):
    return list(index.query(Query(text, **asked)).codes)
