"""The running system as the service's functions see it: its ports, its published files, its base address."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias
from urllib.parse import urlsplit

from passport.codecs.canonical import Plan, plan
from passport.codecs.strictjson import Limits
from passport.model.moments import written
from passport.ports import (
    Clock,
    Graph,
    History,
    Marks,
    Media,
    Parties,
    Pictures,
    Queries,
    Search,
    Signer,
    Snapshots,
    Witness,
)
from passport.published import Published

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""The licence of the public data unless another one is set."""

Plans: TypeAlias = Mapping[tuple[str, str, str], Plan]
"""Plans by product group, version and level."""


@dataclass(frozen=True, slots=True)
class System:
    """Everything that a request needs from outside itself.

    ``base`` is the service's own address without a slash at its end, fixed when the store was created. ``plans`` are
    the ways into canonical form by product group, version and level. ``licence`` is the IRI of that of the public data.
    """

    base: str
    history: History
    parties: Parties
    media: Media
    pictures: Pictures
    search: Search
    graph: Graph
    queries: Queries
    signer: Signer
    clock: Clock
    published: Published
    limits: Limits
    plans: Plans
    marks: Marks
    snapshots: Snapshots
    licence: str = LICENCE
    witnesses: tuple[Witness, ...] = ()

    def did(self, slug: str) -> str:
        """The ``did:web`` of an organisation: its DID document is at ``/organisations/{slug}/did.json``."""
        return f"{self.service_did}:organisations:{slug}"

    @property
    def service_did(self) -> str:
        """The ``did:web`` of the service itself; a port is written ``%3A`` (did:web method specification)."""
        parts = urlsplit(self.base)
        place = parts.netloc.replace(":", "%3A")
        path = parts.path.strip("/").replace("/", ":")
        return f"did:web:{place}:{path}" if path else f"did:web:{place}"

    def passport_address(self, code: str) -> str:
        """The address of a product's passport."""
        return f"{self.base}/passports/{code}"

    def version_address(self, code: str, version: int) -> str:
        """The permanent address of one version of a passport."""
        return f"{self.base}/passports/{code}/versions/{version}"

    def product_address(self, key: str) -> str:
        """The address that identifies the product itself, from its canonical key."""
        return f"{self.base}/{key}"

    def now(self) -> str:
        """The time, RFC 3339 UTC in whole seconds."""
        return written(self.clock.now())


class _Made(dict[tuple[str, str, str], Plan]):
    """Plans, each made when it is first asked for."""

    def __init__(self, published: Published) -> None:
        super().__init__()
        self._published = published

    def __missing__(self, key: tuple[str, str, str]) -> Plan:
        made = self[key] = plan(self._published.shape(*key))
        return made


@cache
def plans(published: Published) -> Plans:
    """The plans of every product group, version and level that is published; the same ones for every store."""
    return _Made(published)
