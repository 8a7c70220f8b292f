"""Short English texts of other layers in the language of a page."""

from collections.abc import Callable

from passport.model.languages import FALLBACK
from passport.web.pages.words import Words


def said(words: Words, text: str) -> str | None:
    """A text of another layer in the page's language; None when there is no translation of it."""
    if words.language == FALLBACK:
        return text
    return words.texts.gettext(text) if text in _KNOWN else None


def link_title(words: Words, title: str) -> str:
    """The title of a link; what ours say after the product's name is said in the page's language."""
    name, colon, what = title.rpartition(": ")
    return f"{name}{colon}{said(words, what) or what}" if colon else title


def _refusals(_: Callable[[str], str]) -> tuple[str, ...]:
    return (
        _("The form has no file."),
        _("The form is sent as multipart/form-data."),
        _("Documents are read as JSON, NDJSON or JSON-LD in UTF-8."),
        _("This is not a GS1 Digital Link that can be read here."),
        _("This cursor is not one of ours. Start the list again."),
        _("This address can only be read."),
        _("This address does not do that."),
        _("The request cannot be read."),
        _("This Idempotency-Key was used with another submission."),
        _("Only models can be compared, and this product has none."),
        _("Both codes lead to the same model."),
        _("This is not a picture. Send a JPEG, PNG or WebP."),
        _("Send a PNG, JPEG, WebP or PDF under its own media type."),
        _("HEIC and AVIF pictures are not accepted. Save the picture as JPEG and send that."),
        _("Moving pictures are not accepted. Send a still one."),
        _("The picture is damaged or not complete: send it again."),
        _("The picture has too many pixels: send a smaller one."),
        _("A picture or document may have at most 8 MiB."),
        _("There is no such picture or document."),
    )


def _queries(_: Callable[[str], str]) -> tuple[str, ...]:
    return (
        _("The query is too long."),
        _("Braces, brackets and parentheses are nested too deeply."),
        _("There are too many braces, brackets and parentheses."),
        _("There are too many full stops, semicolons and commas."),
        _("There are too many operators."),
        _("There are too many triple patterns."),
        _("This endpoint does not ask other endpoints: SERVICE is not allowed."),
        _("This endpoint is read-only: updates are not allowed."),
        _("Unicode escapes are allowed only in strings and IRIs, and never for a character that would end one."),
        _("The query has characters that no text may have."),
        _("FROM names a graph that this service does not have. Nothing is fetched from elsewhere."),
        _("The string that begins here does not end."),
        _("This is not a SPARQL 1.1 query: it has none of SELECT, ASK, CONSTRUCT and DESCRIBE."),
        _("The answer was not read in time."),
        _("The query made the engine fail."),
        _("The graph cannot be read now."),
        _("There is no graph to ask now."),
        _("Too many queries are waiting."),
        _("There is nothing to draw: the answer has no rows."),
        _("A picture needs a column of numbers: a count, a mass, a share."),
        _("A picture needs names, dates or other numbers beside the column of numbers."),
        _("Only tables (the answers of SELECT) can be drawn. This query gives something else."),
    )


def _checks(_: Callable[[str], str]) -> tuple[str, ...]:
    return (
        _("nothing here can tell"),
        _("revoked"),
        _("does not follow its schema"),
        _("not valid yet"),
        _("no longer valid"),
        _("the header cannot be read"),
        _("the payload cannot be read"),
        _("there is no key to check it with"),
        _("there is no key to compare with"),
        _("the issuer does not control the key"),
        _("the key is for another algorithm"),
        _("the key had been revoked when this was signed"),
    )


def _links(_: Callable[[str], str]) -> tuple[str, ...]:
    return (
        _("product passport"),
        _("product information"),
        _("product data"),
        _("signed passport"),
        _("events"),
        _("assembly instructions"),
        _("disassembly instructions"),
        _("care instructions"),
        _("repair instructions"),
        _("compliance document"),
        _("label"),
        _("evidence"),
        _("environmental product declaration"),
        _("carbon footprint"),
        _("repair service"),
        _("take-back"),
        _("spare part"),
        _("picture"),
    )


_KNOWN = frozenset((*_refusals(str), *_queries(str), *_checks(str), *_links(str)))
