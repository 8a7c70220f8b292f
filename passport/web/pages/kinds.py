"""Words for what the vocabulary has no code list of: kinds of organisations, levels, tiers and results."""

from collections.abc import Mapping

from passport.ports import Key
from passport.web.pages.words import Words

DATA_OFFICE = "data-office"
"""The kind of an organisation that issues passports of furniture which it did not make."""


SERVICE = "Furniture passport"
"""What the service is called, for machines and in English."""


def service(words: Words) -> str:
    """The service's name."""
    _ = words.texts.gettext
    return _("Furniture passport")


def organisation_kind(words: Words, kind: str) -> str:
    """What an organisation of this kind is called."""
    _ = words.texts.gettext
    names: Mapping[str, str] = {
        "maker": _("maker"),
        "municipality": _("municipality"),
        DATA_OFFICE: _("data office"),
        "workshop": _("workshop"),
        "company": _("company"),
        "authority": _("authority"),
        "researcher": _("research"),
        "service": _("this service"),
    }
    return names.get(kind, kind)


def level(words: Words, name: str) -> str:
    """What a passport of this level is about; an event is none, but has a schema beside theirs."""
    _ = words.texts.gettext
    names = {"model": _("Model"), "batch": _("Batch"), "item": _("Single piece"), "event": _("Event")}
    return names.get(name, name)


def audience(words: Words, tier: str) -> str:
    """Who may read documents of this tier."""
    _ = words.texts.gettext
    names = {
        "legitimate-interest": _(
            "for the issuer, owners, holders, repairers, refurbishers, recyclers and authorities, with a token"
        ),
        "authority": _("for market surveillance and customs, with a token"),
        "owner": _("for whoever signed it and the owner of that time, with a token"),
    }
    return names.get(tier, "")


def changes(words: Words) -> Mapping[str, str]:
    """What a document of a submission did."""
    _ = words.texts.gettext
    return {"created": _("New passport"), "revised": _("New version"), "unchanged": _("Nothing changed")}


def key_state(words: Words, key: Key) -> Mapping[str, str]:
    """Whether a key signs now, signed once, or was compromised; the colour only repeats it."""
    _ = words.texts.gettext
    if key.revoked:
        text = _("compromised since %(date)s: do not rely on later signatures")
        return {"state": text % {"date": words.date(key.revoked[:10])}, "colour": "red"}
    if key.retired:
        return {"state": _("retired %(date)s") % {"date": words.date(key.retired[:10])}, "colour": "grey"}
    return {"state": _("signs now"), "colour": "green"}
