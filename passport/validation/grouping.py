"""Which version of a product group each document of a submission follows; an event that of the pieces it names."""

from collections.abc import Sequence

from passport.codecs.strictjson import Raw
from passport.model.naming import sibling
from passport.published import Group, Published
from passport.validation.forms import EVENT, form_of
from passport.validation.subject import Knowledge


def groups_of(raws: Sequence[Raw], published: Published, known: Knowledge) -> tuple[Group | None, ...]:
    """The group version of each document, None where it names a group that is not there.

    A passport says it itself (``Published.group_for``), and so may an event. Else an event follows the newest version
    of the group of its first product, a passport of the same submission or a known one; else the default group.
    """
    return tuple(_group(raw, raws, published, known) for raw in raws)


def _group(raw: Raw, raws: Sequence[Raw], published: Published, known: Knowledge) -> Group | None:
    stated = published.group_for(raw.value, raw.context)
    if form_of(raw.value) is not EVENT or "productGroup" in raw.value or raw.context in published.stated_contexts:
        return stated
    products = raw.value.get("products")
    first = products[0] if isinstance(products, list) and products else None
    if not isinstance(first, str):
        return stated
    place = sibling(first)
    if place is not None:
        other = raws[place] if place < len(raws) else raw
        return published.group_for(other.value, other.context) or stated
    product = known.product(first)
    return stated if product is None else published.group_for({"productGroup": product.group}, None) or stated
