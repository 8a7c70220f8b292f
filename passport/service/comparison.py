"""Comparing: the models that two codes lead to, what they say, and others of the same kind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from passport.codecs.documents import inner
from passport.errors import Malformed, UnknownCode
from passport.model.naming import reference_key
from passport.model.passport import Level
from passport.model.search import Query
from passport.ports import Reading
from passport.service import resolution, search
from passport.service.findable import KIND, LEVEL
from passport.service.system import System

_ADDRESS_END: Final = re.compile(r"/*([?#].*)?$")
ALIKE = 12
"""Other models of the same kind that are named."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model with what its newest public passport says."""

    reading: Reading
    document: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Its short code."""
        return self.reading.code


def model_behind(system: System, text: str) -> Model:
    """The model that a reference leads to: itself, or that of a batch or a piece.

    ``text`` is anything that ``reference_key`` understands, or an address of any host that ends with a code. Raises
    what ``resolution.passport`` raises, and ``Malformed`` for a product without a model.
    """
    reading = resolution.passport(system, _code(system, text.strip()))
    if reading.level is not Level.MODEL:
        if reading.model_code is None:
            raise Malformed("Only models can be compared, and this product has none.", code=reading.code)
        reading = resolution.passport(system, reading.model_code)
    return Model(reading, inner(reading.payload, reading.start))


def _code(system: System, text: str) -> str:
    """The short code of the product that a reference means, or what may be one."""
    key = reference_key(text, base=system.base)
    if key is None:
        return _ADDRESS_END.sub("", text).rpartition("/")[2]
    if key.startswith("p/"):
        return key.removeprefix("p/")
    found = system.history.locate(key)
    if found is None:
        raise UnknownCode("No product has this key.", code=text[:40])
    return found.code


def distinct(models: Sequence[Model]) -> None:
    """Raises ``Malformed`` when two of the models are one and the same."""
    if len({each.code for each in models}) < len(models):
        raise Malformed("Both codes lead to the same model.", code=models[0].code)


def alike(system: System, model: Model) -> tuple[Model, ...]:
    """Other models of the same kind, the newest first, ``ALIKE`` of them at most."""
    group = system.published.group_of(model.document)
    kind = model.document.get(group.kind)
    if kind is None:
        return ()
    codes = {LEVEL: frozenset({Level.MODEL.value}), KIND: frozenset({str(kind)})}
    found = search.find(system, Query(codes=codes, limit=ALIKE + 1)).codes
    readings = [system.history.read(code) for code in found if code != model.code]
    return tuple(Model(each, inner(each.payload, each.start)) for each in readings if each is not None)[:ALIKE]
