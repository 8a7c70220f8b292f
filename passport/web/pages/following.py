"""The feed as people read it: what became public lately, the newest first."""

from collections.abc import Callable

from passport.model.passport import Kind
from passport.published import Published
from passport.service.feed import RANGE, Item, Part
from passport.web.pages.history import path_of
from passport.web.pages.reference import Entry, Reference
from passport.web.pages.reference import Part as Listing
from passport.web.pages.words import Text, Words


def described(published: Published) -> Callable[[Item], str]:
    """What says in one line of English what a document of the feed is."""

    def describe(item: Item) -> str:
        if item.erased:
            return f"Erased: {item.address}"
        if item.kind is Kind.PASSPORT:
            return f"Passport, version {item.version}: {item.product}"
        kind, codes = str(item.type), published.code_list("event-type").codes
        label = codes[kind].labels["en"] if kind in codes else kind
        return f"{label}: {item.product}"

    return describe


def page(words: Words, part: Part) -> Reference:
    """The page of one part of the feed."""
    _ = words.texts.gettext
    entries = tuple(_entry(words, each) for each in reversed(part.items))
    listings = [Listing(Text(_("Public documents, the newest first")), entries)] if entries else []
    return Reference(
        _("What is new"),
        (
            Text(_("Every passport and every event that becomes public here, in the order in which it was recorded.")),
            Text(
                _(
                    "Programs can follow this list instead of asking for each piece: they start at the "
                    "beginning, carry on where they stopped, and get every document once, including "
                    "corrections and withdrawals."
                )
            ),
            *(() if entries else (Text(_("There is nothing public in this part.")),)),
        ),
        parts=(*listings, *_more(words, part)),
        machine=("application/feed+json",),
    )


def _more(words: Words, part: Part) -> tuple[Listing, ...]:
    _ = words.texts.gettext
    links = []
    if part.since > 0:
        links.append(Entry(Text(_("Earlier"), href=f"/feed?since={(part.since - 1) // RANGE * RANGE}")))
    if part.complete and part.next < part.size:
        links.append(Entry(Text(_("Later"), href=f"/feed?since={part.next}")))
    return (Listing(None, tuple(links)),) if links else ()


def _entry(words: Words, item: Item) -> Entry:
    _ = words.texts.gettext
    if item.erased:
        title = _("Erased by law or on request")
    elif item.kind is Kind.PASSPORT:
        title = _("Passport, version %(number)s").replace("%(number)s", str(item.version))
    else:
        title = words.code("event-type", str(item.type)).value
    lines = [Text(item.product, href=path_of(item.passport)), Text(words.date(item.at[:10]))]
    if item.supersedes is not None:
        lines.append(Text(_("Corrects an earlier event"), href=path_of(item.supersedes)))
    return Entry(
        Text(title, href=path_of(item.address)), tags=(_("Correction"),) if item.supersedes else (), lines=tuple(lines)
    )
