"""What the validation may know of the store: the products and organisations that a submission refers to."""

from passport.ports import History, Parties
from passport.service.identity import reference_key
from passport.validation.checking import KnownProduct


class StoreKnown:
    """The store's answers to the rules that ask whether something exists; each is looked up once a submission."""

    complete = True

    def __init__(self, history: History, parties: Parties, *, base: str) -> None:
        self._history = history
        self._parties = parties
        self._base = base
        self._products: dict[str, KnownProduct | None] = {}
        self._organisations: dict[str, bool] = {}

    def product(self, reference: str) -> KnownProduct | None:
        """The product that a reference means, in any form that ``passport.service.identity`` understands."""
        if reference not in self._products:
            self._products[reference] = self._find(reference)
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
        code = key.removeprefix("p/") if key.startswith("p/") else None
        if code is None:
            location = self._history.locate(key)
            code = location.code if location else None
        product = self._history.product(code) if code else None
        if product is None:
            return None
        return KnownProduct(code=product.code, key=product.key, level=product.level, standing=product.standing)
