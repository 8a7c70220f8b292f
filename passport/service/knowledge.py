"""What the validation may know outside a document: the other documents of its submission, and the store."""

from collections.abc import Mapping, Sequence

from passport.codecs.strictjson import Raw
from passport.model.naming import own_key, reference_key
from passport.model.passport import Level, Product, Standing
from passport.ports import History, Parties
from passport.published import GROUP, Published
from passport.validation.checking import KnownProduct


class SubmissionKnown:
    """The products that the documents of one submission are about: all that is known without a store."""

    complete = False

    def __init__(self, raws: Sequence[Raw], *, base: str = "", published: Published | None = None) -> None:
        self.base = base or None
        self._within = _within(raws, base, published)

    def product(self, reference: str) -> KnownProduct | None:
        """The product that a reference means, if a document of this submission is about it."""
        key = reference_key(reference, base=self.base or "")
        return self._within.get(key) if key is not None else None

    def organisation(self, slug: str) -> bool:
        """Nothing is known of any organisation."""
        return False


_LEVELS: Mapping[str, Level] = {level: level for level in Level}
_PARENTS: Mapping[str, Level] = {level: level for level in (Level.MODEL, Level.BATCH)}
"""The levels that a document of a lower one may refer to."""


def _within(raws: Sequence[Raw], base: str, published: Published | None) -> Mapping[str, KnownProduct]:
    """The products of the submission by their keys; pieces only where there are events, which may refer to them."""
    products: dict[str, KnownProduct] = {}
    levels = _LEVELS if any("eventType" in raw.value for raw in raws) else _PARENTS
    for raw in raws:
        level = levels.get(str(raw.value.get("granularity")))
        key = own_key(raw.value, base=base) if level is not None else None
        if level is not None and key is not None:
            products[key] = KnownProduct("", key, level, Standing.ACTIVE, _group(raw, published))
    return products


def _group(raw: Raw, published: Published | None) -> str:
    """The name of the product group that a document follows, by its context too where it is known what those mean."""
    group = published.group_for(raw.value, raw.context) if published is not None else None
    stated = raw.value.get("productGroup", GROUP)
    return group.name if group is not None else stated if isinstance(stated, str) else GROUP


class StoreKnown:
    """The store's answers, after those of the submission itself; each is looked up once a submission."""

    complete = True

    def __init__(
        self,
        raws: Sequence[Raw],
        history: History,
        parties: Parties,
        *,
        base: str,
        published: Published | None = None,
    ) -> None:
        self._within = SubmissionKnown(raws, base=base, published=published)
        self._history = history
        self._parties = parties
        self.base = base
        self._products: dict[str, KnownProduct | None] = {}
        self._stored = history.find(_named(raws, base))
        self._organisations: dict[str, bool] = {}

    def product(self, reference: str) -> KnownProduct | None:
        """The product that a reference means, in any form that ``passport.model.naming`` understands."""
        if reference not in self._products:
            self._products[reference] = self._within.product(reference) or self._find(reference)
        return self._products[reference]

    def organisation(self, slug: str) -> bool:
        """Whether an organisation is registered here."""
        if slug not in self._organisations:
            self._organisations[slug] = self._parties.organisation(slug) is not None
        return self._organisations[slug]

    def _find(self, reference: str) -> KnownProduct | None:
        key = reference_key(reference, base=self.base)
        if key is None:
            return None
        if key in self._stored:
            return _known(self._stored[key])
        if key.startswith("p/"):
            product = self._history.product(key.removeprefix("p/"))
            return _known(product) if product else None
        found = self._history.locate(key)
        product = self._history.product(found.code) if found else None
        return _known(product) if product else None


def _named(raws: Sequence[Raw], base: str) -> set[str]:
    """The keys of the pieces that events name, which are many: they are asked for all at once."""
    listed = (raw.value.get("products") for raw in raws)
    references = (each for products in listed if isinstance(products, list) for each in products)
    keys = {reference_key(each, base=base) for each in references if isinstance(each, str)}
    return {key for key in keys if key is not None}


def _known(product: Product) -> KnownProduct:
    return KnownProduct(product.code, product.key, product.level, product.standing, product.group)
