"""The running system as the service's functions see it: its ports, its published files, its base address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from passport.codecs.canonical import Plan, plan
from passport.codecs.strictjson import Limits
from passport.ports import Clock, History, Media, Parties, Signer
from passport.published import Published


@dataclass(frozen=True, slots=True)
class System:
    """Everything that a request needs from outside itself.

    ``base`` is the service's own address without a slash at its end, fixed when the store was created. ``plans`` are
    the ways into canonical form by product group and level.
    """

    base: str
    history: History
    parties: Parties
    media: Media
    signer: Signer
    clock: Clock
    published: Published
    limits: Limits
    plans: Mapping[tuple[str, str], Plan]

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
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def plans(published: Published) -> Mapping[tuple[str, str], Plan]:
    """The plans of every product group and level that is published."""
    return {
        (group, level): plan(published.shape(group, published.current(group), level))
        for group in published.groups()
        for level in ("model", "batch", "item")
    }
