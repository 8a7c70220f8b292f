"""What a page says when a request cannot be done: what happened, and what to do now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from passport.errors import Refusal
from passport.model.shortcode import grouped
from passport.validation.problems import PROBLEMS
from passport.validation.wording import describe
from passport.web.pages.history import path_of
from passport.web.pages.sayings import said
from passport.web.pages.words import Text, Words

_MOST_ACTS = 5
Said = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal in words. ``groups`` are those of a miswritten code, to be read again one by one."""

    heading: str
    paragraphs: tuple[Text, ...]
    groups: tuple[str, ...] = ()
    facts: tuple[tuple[str, Text], ...] = ()
    ask_code: bool = False
    typed: str = ""


def tell(words: Words, refusal: Refusal) -> Told:
    """The words for a refusal, all of them in the page's language; a sentence without a translation is left out."""
    if refusal.code == "miswritten-code":
        return _miswritten(words, refusal)
    if refusal.code == "unknown-code":
        return _unknown(words, refusal)
    if refusal.code == "withdrawn":
        return _withdrawn(words, refusal)
    if refusal.code == "snapshot-withdrawn":
        return _struck(words, refusal)
    if refusal.code == "snapshot-released":
        return _released(words, refusal)
    if refusal.code in _SAID:
        heading, paragraphs = _SAID[refusal.code](words.texts.gettext)
        return Told(heading, _texts(*paragraphs))
    detail = said(words, refusal.detail) if refusal.detail else None
    more = _texts(detail) if detail else ()
    if refusal.code in PROBLEMS:
        known = describe(refusal.code, words.language)
        return Told(known.title, (*_texts(known.remedy), *more), facts=_faults(words, refusal))
    return Told(words.texts.gettext("This cannot be done"), more)


def _faults(words: Words, refusal: Refusal) -> tuple[tuple[str, Text], ...]:
    """What a link has that cannot be read, and the right check digit."""
    _ = words.texts.gettext
    values = refusal.values
    about = ((_("Found"), Text(str(values["about"]))),) if values.get("about") else ()
    digit = values.get("reason") == "check-digit" and values.get("expected")
    return (*about, (_("Expected"), Text(str(digit)))) if digit else about


def _miswritten(words: Words, refusal: Refusal) -> Told:
    _ = words.texts.gettext
    typed = str(refusal.values.get("code", ""))[:40]
    symbols = "".join(each for each in typed.upper() if each.isalnum())
    if len(symbols) == 9:
        paragraphs = (
            _(
                "The last character checks the others, and it does not fit: one character was misread or two "
                "were swapped."
            ),
            _("Read each of the three groups on the label again, character by character."),
        )
        groups = tuple(grouped(symbols).split("-"))
    else:
        count = words.texts.ngettext(
            "You typed one character; a code has nine.", "You typed %(num)s characters; a code has nine.", len(symbols)
        )
        paragraphs = (count.replace("%(num)s", str(len(symbols))), _("Type all nine characters on the label."))
        groups = ()
    hint = _("O counts as zero, I and L as one; the letter U does not occur. Capitals and dashes do not matter.")
    return Told(_("This code was misread or mistyped"), tuple(map(Text, (*paragraphs, hint))), groups, (), True, typed)


def _unknown(words: Words, refusal: Refusal) -> Told:
    _ = words.texts.gettext
    code = str(refusal.values.get("code", ""))[:40]
    return Told(
        _("No furniture has this code"),
        _texts(
            _("The code is valid, but nothing is registered under it here."),
            _("The label may belong to another service: compare the address on it with the one in your browser."),
        ),
        facts=((_("Code"), Text(grouped(code.upper()))),) if code else (),
        ask_code=True,
    )


def _withdrawn(words: Words, refusal: Refusal) -> Told:
    _ = words.texts.gettext
    values = refusal.values
    facts: list[tuple[str, Text]] = []
    if values.get("code"):
        facts.append((_("Code"), Text(grouped(str(values["code"])))))
    if values.get("at"):
        facts.append((_("Withdrawn"), Text(words.date(str(values["at"])[:10]))))
    if values.get("by"):
        facts.append((_("Withdrawn by"), Text(str(values["by"]))))
    if values.get("reason"):
        facts.append((_("Reason"), _reason(words, values["reason"])))
    if values.get("versions"):
        facts.append((_("What it said"), Text(_("The first version"), href=path_of(values["versions"]))))
    return Told(
        _("This passport was withdrawn"),
        _texts(
            _(
                "The passport is no longer in force. Its code is never given to anything else, and what it "
                "said can still be read."
            )
        ),
        facts=tuple(facts),
    )


def _struck(words: Words, refusal: Refusal) -> Told:
    """A snapshot whose files are gone: when, why, and the next one."""
    _ = words.texts.gettext
    known, values = describe(refusal.code, words.language), refusal.values
    facts = [(_("Withdrawn"), Text(words.date(str(values.get("at", ""))[:10])))]
    acts = values.get("acts")
    if isinstance(acts, tuple | list):
        facts += [(_("Reason"), Text(_("The erasure"), href=path_of(each))) for each in acts[:_MOST_ACTS]]
    if values.get("following"):
        name = str(values["following"]).rpartition("/")[2]
        facts.append((_("Next snapshot"), Text(name, href=path_of(values["following"]))))
    facts.append((_("All snapshots"), Text(_("Data for research"), href="/data")))
    return Told(known.title, _texts(known.explanation, known.remedy), facts=tuple(facts))


def _released(words: Words, refusal: Refusal) -> Told:
    """A snapshot whose files are gone: what it was, what is left to cite and to check copies by, and the newest one."""
    _ = words.texts.gettext
    known, values = describe(refusal.code, words.language), refusal.values
    facts = [
        (_("Made on"), Text(words.date(str(values.get("issued", ""))))),
        (_("Signed documents in the log"), Text(str(values.get("size", "")))),
        (_("Root of the log"), Text(str(values.get("root", "")))),
        (_("Checkpoint"), Text("checkpoint", href=path_of(values.get("checkpoint")))),
        (_("Checksums"), Text("manifest.json", href=path_of(values.get("manifest")))),
        (_("Files removed on"), Text(words.date(str(values.get("at", ""))[:10]))),
    ]
    if values.get("following"):
        name = str(values["following"]).rpartition("/")[2]
        facts.append((_("Newest snapshot"), Text(name, href=path_of(values["following"]))))
    facts.append((_("All snapshots"), Text(_("Data for research"), href="/data")))
    return Told(known.title, _texts(known.explanation, known.remedy), facts=tuple(facts))


def _texts(*paragraphs: str) -> tuple[Text, ...]:
    return tuple(map(Text, paragraphs))


def _reason(words: Words, reason: object) -> Text:
    if isinstance(reason, list) and reason and isinstance(reason[0], Mapping):
        return words.said(reason)[0]
    return Text(str(reason))


def _not_found(_: Callable[[str], str]) -> Said:
    return _("There is nothing at this address"), (
        _("Check the address for typing errors, or start again from the start page."),
    )


def _unauthenticated(_: Callable[[str], str]) -> Said:
    return _("A valid token is needed"), (
        _(
            "The token is missing, unknown, expired or revoked. Ask the organisation that runs this service "
            "for a new one."
        ),
    )


def _forbidden(_: Callable[[str], str]) -> Said:
    return _("You may not do this"), (
        _("Your token is valid, but your organisation is not allowed to do this with this piece."),
    )


def _too_many(_: Callable[[str], str]) -> Said:
    return _("Too many requests"), (_("Wait a minute and try again."),)


def _too_large(_: Callable[[str], str]) -> Said:
    return _("The file is too large"), (_("Split it into smaller files and send them one at a time."),)


def _unreadable(_: Callable[[str], str]) -> Said:
    return _("The file cannot be read"), (_("This is not JSON, or it is not safe to read."),)


def _locked(_: Callable[[str], str]) -> Said:
    return _("Signing is not possible now"), (
        _(
            "Passports can be read, but none can be issued until the organisation that runs this service "
            "unlocks the signing keys."
        ),
    )


def _fault(_: Callable[[str], str]) -> Said:
    return _("Something failed on our side"), (_("It is not your fault and nothing was stored. Try again in a while."),)


_SAID: Mapping[str, Callable[[Callable[[str], str]], Said]] = {
    "not-found": _not_found,
    "unauthenticated": _unauthenticated,
    "forbidden": _forbidden,
    "too-many-requests": _too_many,
    "too-large": _too_large,
    "unreadable": _unreadable,
    "keys-locked": _locked,
    "fault": _fault,
}
