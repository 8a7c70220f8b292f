"""The pages of what is only described to everybody: credentials and transfers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passport.model.events import Subject
from passport.model.passport import Kind, Tier
from passport.model.shortcode import grouped
from passport.ports import Organisation
from passport.service.credentials import Attested
from passport.service.transfers import Handed, Outcome, Transfer
from passport.web.pages import kinds
from passport.web.pages.history import path_of
from passport.web.pages.reference import Entry, Part, Reference
from passport.web.pages.words import Text, Words

_CREDENTIAL_FORMS = ("application/vc+jwt", "application/vc", "text/turtle", "application/ld+json")
_TRANSFER_FORMS = ("application/json", "text/turtle", "application/ld+json")

Fact = tuple[str, tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class CredentialPage:
    """What is public of a credential, who issued it where that may be said, and whether the reader may read it."""

    attested: Attested
    issuer: Organisation | None = None
    readable: bool = True


@dataclass(frozen=True, slots=True)
class TransferPage:
    """What the reader may know of a transfer, with what its pieces are called and, for its parties, who they are.

    ``signed``: the reader is signed in.
    """

    transfer: Transfer
    names: Mapping[str, Sequence[Mapping[str, str]]]
    giver: str = ""
    receiver: str = ""
    signed: bool = False


def credential(words: Words, view: CredentialPage) -> Reference:
    """The page of a credential: what it is, what it belongs to, and how to get and check it."""
    _ = words.texts.gettext
    found = view.attested
    public = found.tier is Tier.PUBLIC
    return Reference(
        _("Signed document") if public else _("Signed document that not everybody may read"),
        (_meaning(words, view), Text(_("Its line in the log proves since when it exists."))),
        (*_about(words, found), *(_signed(words, view) if public else _closed(words, found))),
        machine=_CREDENTIAL_FORMS,
    )


def _meaning(words: Words, view: CredentialPage) -> Text:
    _ = words.texts.gettext
    if view.attested.tier is Tier.PUBLIC:
        return Text(_("Programs get the signed document itself at this address. What it says has a page of its own."))
    if view.readable:
        return Text(_("You may read it: the page that it belongs to shows you what it says."))
    return Text(
        _(
            "What it says and who signed it is not public. Only that it exists is public, because a public "
            "document names it."
        )
    )


def _about(words: Words, found: Attested) -> tuple[Fact, ...]:
    _ = words.texts.gettext
    event = found.kind is Kind.EVENT
    label = _("Contains") if found.tier is Tier.PUBLIC else _("Named by")
    place = Text(_("Event") if event else _("Version of a passport"), href=path_of(found.about))
    code = Text(grouped(found.code), href=f"/passports/{found.code}")
    return ((label, (place,)), (_("Passport"), (code,)))


def _signed(words: Words, view: CredentialPage) -> tuple[Fact, ...]:
    _ = words.texts.gettext
    found, issuer = view.attested, view.issuer
    facts: list[Fact] = []
    if issuer is not None:
        facts.append((_("Issuer"), (Text(issuer.name, href=f"/organisations/{issuer.slug}"),)))
    facts.append((_("Signed on"), (Text(words.date(found.valid_from)),)))
    facts.append((_("Validity"), (Text(_("Revoked") if found.revoked else _("Not revoked")),)))
    return (*facts, _proof(words, found))


def _closed(words: Words, found: Attested) -> tuple[Fact, ...]:
    _ = words.texts.gettext
    who = Text(f"{words.code('tier', found.tier).value}: {kinds.audience(words, found.tier)}")
    return ((_("Who may read it"), (who,)), _proof(words, found))


def _proof(words: Words, found: Attested) -> Fact:
    _ = words.texts.gettext
    return _("Proof"), (Text(_("Proof that it is in the log"), href=f"{path_of(found.address)}/proof"),)


def transfer(words: Words, view: TransferPage) -> Reference:
    """The page of a transfer for who is to answer nothing: what became of it, and the events that say so."""
    _ = words.texts.gettext
    found = view.transfer
    pieces = tuple(_piece(words, each, view.names.get(each.code, ())) for each in found.pieces)
    note = ""
    if found.total > len(pieces):
        note = _("The first %(number)s are listed.") % {"number": len(pieces)}
    return Reference(
        _("Hand-over"),
        _told(words, view),
        _facts(words, view),
        (Part(Text(_("Pieces")), pieces, note),),
        machine=_TRANSFER_FORMS,
    )


def _told(words: Words, view: TransferPage) -> tuple[Text, ...]:
    _ = words.texts.gettext
    told = [Text(_("An organisation offers something to another one, which accepts or refuses: that is a hand-over."))]
    if view.giver:
        told.append(Text(_("Your organisation is one of the two: only they are shown who the other one is.")))
    else:
        told.append(Text(_("Who gives and who gets is not public.")))
    waits = any(each.outcome is Outcome.OPEN for each in view.transfer.pieces)
    if waits and not view.signed:
        place = f"/sign-in?back={path_of(view.transfer.address)}"
        told.append(Text(_("Sign in to answer it, if it is offered to your organisation."), href=place))
    return tuple(told)


def _facts(words: Words, view: TransferPage) -> tuple[Fact, ...]:
    _ = words.texts.gettext
    found = view.transfer
    outcomes = dict.fromkeys(each.outcome for each in found.pieces)
    number = words.texts.ngettext("%(num)s piece", "%(num)s pieces", found.total) % {"num": found.total}
    if found.more:
        number = _("more than %(number)s pieces") % {"number": found.total}
    what = _("the piece itself") if found.subject is Subject.OWNERSHIP else _("the responsibility for the passport")
    facts: list[Fact] = [
        (_("What is handed over"), (Text(what),)),
        (_("Outcome"), tuple(Text(_outcome(words, each)) for each in outcomes)),
        (_("Offered on"), (Text(words.date(found.offered)),)),
    ]
    if found.expires:
        facts.append((_("Open until"), (Text(words.date(found.expires)),)))
    facts.append((_("Number"), (Text(number),)))
    if view.giver:
        facts += [(_("From"), (Text(view.giver),)), (_("To"), (Text(view.receiver),))]
    return tuple(facts)


def _outcome(words: Words, outcome: Outcome) -> str:
    _ = words.texts.gettext
    return {
        Outcome.OPEN: _("Waits for an answer"),
        Outcome.ACCEPTED: _("Accepted"),
        Outcome.REFUSED: _("Refused"),
        Outcome.TAKEN_BACK: _("Offer withdrawn"),
        Outcome.EXPIRED: _("Expired without an answer"),
        Outcome.LAPSED: _("Ended without an answer"),
    }[outcome]


def _piece(words: Words, piece: Handed, names: Sequence[Mapping[str, str]]) -> Entry:
    called = words.said(names)[0] if names else Text(grouped(piece.code))
    title = Text(called.value, called.lang, f"/passports/{piece.code}")
    lines = tuple(_event(words, each) for each in piece.events)
    return Entry(title, grouped(piece.code), (_outcome(words, piece.outcome),), lines)


def _event(words: Words, said: Mapping[str, Any]) -> Text:
    kind = words.code("event-type", str(said["eventType"]))
    return Text(f"{words.date(said.get('eventTime', ''))}: {kind.value}", kind.lang, path_of(said["id"]))
