"""The page of the log: what it proves, how to check it, and what it cannot prove."""

from dataclasses import dataclass

from passport.web.pages.reference import Entry, Part, Reference
from passport.web.pages.words import Text, Words


@dataclass(frozen=True, slots=True)
class LogPage:
    """What the page shows: the log's name and size, the newest checkpoint, the keys, who else signed, and trouble.

    ``former`` are the last checkpoints of logs that have ended.
    """

    origin: str
    size: int
    published: int | None
    at: str
    checkpoint: str
    vkeys: tuple[str, ...]
    witnesses: tuple[str, ...]
    stopped: bool
    former: tuple[str, ...]


def page(words: Words, view: LogPage) -> Reference:
    """The page in one language."""
    _ = words.texts.gettext
    return Reference(
        _("The log: nothing disappears"),
        (*_warning(words, view), *_meaning(words)),
        facts=_facts(words, view),
        parts=(_how(words), _honesty(words, view), _addresses(words), *_former(words, view)),
        machine=("application/json",),
    )


def _warning(words: Words, view: LogPage) -> tuple[Text, ...]:
    _ = words.texts.gettext
    if not view.stopped:
        return ()
    return (
        Text(
            _(
                "Warning: no checkpoints are published at the moment. What this service keeps does not "
                "agree with what it published before. The organisation that runs it must look into this."
            )
        ),
    )


def _meaning(words: Words) -> tuple[Text, ...]:
    _ = words.texts.gettext
    return (
        Text(
            _(
                "Every document that is signed here gets one line in one long list, the log. Lines are added at its "
                "end; none is ever changed, moved or taken out."
            )
        ),
        Text(
            _(
                "All lines are bound together into one number, and that number is signed and published: "
                "a checkpoint. Anybody who has kept an old checkpoint can prove that today’s list begins "
                "with the list of that time."
            )
        ),
        Text(
            _(
                "The log holds no passports, only their fingerprints. It says that a document exists, for which "
                "product and since when; not what is in it, nor whose it is. A document that was erased keeps its line."
            )
        ),
    )


def _facts(words: Words, view: LogPage) -> tuple[tuple[str, tuple[Text, ...]], ...]:
    _ = words.texts.gettext
    facts: list[tuple[str, tuple[Text, ...]]] = [(_("Name of the log"), (Text(view.origin),))]
    if view.published is None:
        facts.append((_("Newest checkpoint"), (Text(_("There is none yet.")),)))
    else:
        told = (Text(words.date(view.at[:10])),) if view.at else ()
        number = words.texts.ngettext("%(num)s document", "%(num)s documents", view.published)
        facts.append((_("Newest checkpoint"), (Text(number.replace("%(num)s", str(view.published))), *told)))
        facts.append((_("Its text"), tuple(Text(line) for line in view.checkpoint.split("\n") if line)))
    facts.append((_("Documents in no checkpoint yet"), (Text(str(view.size - (view.published or 0))),)))
    facts.append((_("Public key (vkey)"), tuple(Text(each) for each in view.vkeys) or (Text(_("There is none yet.")),)))
    return tuple(facts)


def _how(words: Words) -> Part:
    _ = words.texts.gettext
    return Part(
        Text(_("How to check a document")),
        (
            Entry(
                Text(_("1. Take the document and its proof")),
                lines=(
                    Text(
                        _(
                            "Each page that shows whether a passport is genuine leads to its proof: a short text that "
                            "fits on a screen. Keep both; they can be checked without this service."
                        )
                    ),
                ),
            ),
            Entry(
                Text(_("2. Check them")),
                lines=(
                    Text(_("This script does it; read it first, it is short."), href="/log/verify.py"),
                    Text(_("Other programs for C2SP tlog-proof texts do as well.")),
                ),
            ),
            Entry(
                Text(_("3. Watch the log")),
                lines=(
                    Text(
                        _(
                            "Keep the checkpoint. Later, any program for transparency logs in the C2SP tile layout can "
                            "show that the newest one continues it."
                        )
                    ),
                ),
            ),
        ),
    )


def _honesty(words: Words, view: LogPage) -> Part:
    _ = words.texts.gettext
    if view.witnesses:
        told = (Text(_("These witnesses also sign the checkpoints, after checking that the log only grew:")),)
        return Part(Text(_("Who else watches")), (Entry(Text(", ".join(view.witnesses)), lines=told),))
    lines = (
        Text(
            _(
                "Nobody outside signs these checkpoints yet. Without such a witness this service could show one "
                "history to you and another one to somebody else. Keep checkpoints, and compare them with those of "
                "others."
            )
        ),
    )
    return Part(Text(_("What this does not prove")), (Entry(Text(_("There is no witness.")), lines=lines),))


def _addresses(words: Words) -> Part:
    _ = words.texts.gettext
    told = (
        ("/log/checkpoint", _("The newest checkpoint, a signed note")),
        ("/log/vkey", _("The public key to check it with")),
        (
            "/log/tile/",
            _("The tree and its lines, in pieces that never change: tile/<level>/<number> and tile/entries/<number>"),
        ),
        ("/log/inclusion?leaf=0", _("The proof of one line, as data")),
        ("/log/consistency?from=1", _("The proof that a smaller log is the beginning of this one, as data")),
    )
    entries = tuple(
        Entry(Text(path, href="" if path.endswith("/") else path), lines=(Text(meaning),)) for path, meaning in told
    )
    return Part(Text(_("Addresses")), entries)


def _former(words: Words, view: LogPage) -> tuple[Part, ...]:
    _ = words.texts.gettext
    if not view.former:
        return ()
    entries = tuple(
        Entry(Text(note.partition("\n")[0]), lines=tuple(Text(line) for line in note.split("\n")[1:] if line))
        for note in view.former
    )
    note = _(
        "Documents were lost from these logs, so they were ended and a new one was begun. Their last "
        "checkpoints are kept here for ever."
    )
    return (Part(Text(_("Logs that have ended")), entries, note),)
