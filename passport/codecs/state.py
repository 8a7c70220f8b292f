"""The folded state of a product as the text that is stored with it."""

from dataclasses import asdict

import orjson

from passport.model.lifecycle import State
from passport.model.passport import Standing


def to_text(state: State) -> str:
    """The state as JSON text."""
    return orjson.dumps(asdict(state)).decode()


def from_text(text: str) -> State:
    """The state from its JSON text; ``{}`` is the state before anything happened."""
    value = orjson.loads(text)
    return State(**{**value, "standing": Standing(value.get("standing", Standing.ACTIVE))})
