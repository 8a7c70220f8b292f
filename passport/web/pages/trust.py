"""What the check of a signature means, in plain words of one language."""

from dataclasses import dataclass

from passport.model.languages import FALLBACK
from passport.ports import Organisation
from passport.proofs.jose import Outcome, Verdict, Verification
from passport.web.pages.sayings import said
from passport.web.pages.words import Text, Words


@dataclass(frozen=True, slots=True)
class Seal:
    """The verdict as a short title, a colour that only repeats it, and a sentence on what it means."""

    title: str
    meaning: str
    colour: str


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered check: what it asks, what came out, and the detail of what did not end well."""

    number: int
    question: str
    result: str
    colour: str
    detail: Text | None


def seal(words: Words, verification: Verification | None, issuer: Organisation, *, entry: bool = False) -> Seal:
    """The verdict on a signature in words: that of a passport, or with ``entry`` that of an event."""
    _ = words.texts.gettext
    if verification is None or verification.verdict is Verdict.UNCHECKED:
        title, colour = _("The signature was not checked"), "grey"
        meaning = _("The key of the issuer could not be found, so nothing can be said about the signature.")
    elif verification.verdict is Verdict.VALID:
        title, colour = _("The signature holds"), "green"
        meaning = (
            _(
                "Not a letter of this entry has been changed since %(name)s signed it. A signature shows who said "
                "this, not that it is true."
            )
            if entry
            else _(
                "Not a letter of this passport has been changed since %(name)s signed it. A signature shows who said "
                "this, not that it is true."
            )
        )
    elif verification.verdict is Verdict.KEY_REVOKED:
        title, colour = _("The signature holds, but its key was withdrawn later"), "yellow"
        meaning = _("%(name)s signed this before withdrawing the key. Ask them if you must be certain.")
    elif verification.verdict is Verdict.REVOKED:
        title, colour = _("The issuer has revoked this document"), "red"
        meaning = _("%(name)s signed this once, but does not stand by it any more.")
    elif verification.verdict is Verdict.NOT_IN_FORCE:
        title, colour = _("The signature is not in force now"), "yellow"
        meaning = _("The time for which %(name)s signed this has not begun, or is over.")
    else:
        title, colour = _("The signature does not hold"), "red"
        changed = _("This passport was changed or not signed by %(name)s. Do not rely on it.")
        meaning = _("This entry was changed or not signed by %(name)s. Do not rely on it.") if entry else changed
    return Seal(title, meaning.replace("%(name)s", issuer.name), colour)


def steps(words: Words, verification: Verification | None) -> tuple[Step, ...]:
    """Every check of a verification with its result in words."""
    if verification is None:
        return ()
    questions, results = _questions(words), _results(words)
    return tuple(
        Step(
            check.number, questions.get(check.number, check.name), *results[check.outcome], _detail(words, check.detail)
        )
        for check in verification.checks
    )


def _detail(words: Words, detail: str) -> Text | None:
    """The detail in the page's language; one about the bytes themselves stays English and is marked so."""
    told = said(words, detail)
    return None if not detail else Text(detail, FALLBACK) if told is None else Text(told)


def _results(words: Words) -> dict[Outcome, tuple[str, str]]:
    _ = words.texts.gettext
    return {
        Outcome.OK: (_("Yes"), "green"),
        Outcome.FAILED: (_("No"), "red"),
        Outcome.NOT_CHECKED: (_("Not checked"), "grey"),
    }


def _questions(words: Words) -> dict[int, str]:
    _ = words.texts.gettext
    return {
        1: _("Is the document of a reasonable size?"),
        2: _("Is it well formed?"),
        3: _("Is the kind of signature a safe one?"),
        4: _("Does it say that it is a signed credential?"),
        5: _("Is the issuer’s key known, and was it valid at the time?"),
        6: _("Was exactly this text signed with that key?"),
        7: _("Does it follow the rules for credentials?"),
        8: _("Does the key belong to the issuer it names?"),
        9: _("Is it in force today?"),
        10: _("Not revoked by the issuer?"),
        11: _("Does it follow its schema?"),
    }
