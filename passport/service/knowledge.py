"""What the validation may know outside a document: the other documents of its submission, and the store."""

from collections.abc import Mapping, Sequence

from passport.codecs.strictjson import Raw
from passport.model.digitallink import BadLink
from passport.model.identifiers import BadIdentifier
from passport.model.passport import Level, Standing
from passport.ports import History, Parties
from passport.service.identity import own_key, reference_key
from passport.validation.checking import KnownProduct


class SubmissionKnown:
    """The products that the documents of one submission are about: all that is known without a store."""

    complete = False

    def __init__(self, raws: Sequence[Raw], *, base: str = "") -> None:
        self._base = base
        self._within = _within(raws, base)

    def product(self, reference: str) -> KnownProduct | None:
        """The product that a reference means, if a document of this submission is about it."""
        key = reference_key(reference, base=self._base)
        return self._within.get(key) if key is not None else None

    def organisation(self, slug: str) -> bool:
        """Nothing is known of any organisation."""
        return False


def _within(raws: Sequence[Raw], base: str) -> Mapping[str, KnownProduct]:
    """By key; what is misspelled is a finding of its own and names no product here."""
    products: dict[str, KnownProduct] = {}
    for raw in raws:
        if raw.value.get("granularity") != Level.MODEL:
            continue
        try:
            key = own_key(raw.value, base=base)
        except (BadIdentifier, BadLink, AttributeError, TypeError):
            continue
        if key is not None:
            products[key] = KnownProduct(code="", key=key, level=Level.MODEL, standing=Standing.ACTIVE)
    return products


class StoreKnown:
    """The store's answers, after those of the submission itself; each is looked up once a submission."""

    complete = True

    def __init__(self, raws: Sequence[Raw], history: History, parties: Parties, *, base: str) -> None:
        self._within = SubmissionKnown(raws, base=base)
        self._history = history
        self._parties = parties
        self._base = base
        self._products: dict[str, KnownProduct | None] = {}
        self._organisations: dict[str, bool] = {}

    def product(self, reference: str) -> KnownProduct | None:
        """The product that a reference means, in any form that ``passport.service.identity`` understands."""
        if reference not in self._products:
            self._products[reference] = self._within.product(reference) or self._find(reference)
        return self._products[reference]

    def organisation(self, slug: str) -> bool:
        """Whether an organisation is registered here."""
        if slug not in self._organisations:
            self._organisations[slug] = self._parties.organisation(slug) is not None
        return self._organisations[slug]

    def _find(self, reference: str) -> KnownProduct | None:
        key = reference_key(reference, base=self._base)
        if key is None:
            return None
        found = self._history.locate(key)
        if found is None:
            return None
        return KnownProduct(code=found.code, key=key, level=found.level, standing=found.standing)
