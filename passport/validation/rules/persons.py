"""The rule about persons' names in notes: heuristics that rather miss a name than see one in every sentence."""

import re
from collections.abc import Iterator
from typing import Any, Final

from passport.model.report import Finding
from passport.validation.forms import EVENT, EVERY
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, inner

_WORD: Final = r"[A-ZÅÄÖÆØÉĆŁŚŹŻÓ][a-zåäöæøéąćęłńóśźżü]+(?:-[A-ZÅÄÖÆØŁŚŻ][a-zåäöæøéąćęłńóśźżü]+)?"
_PAIR: Final = re.compile(rf"\b(?P<given>{_WORD})(?: (?P<family>{_WORD})|\.? (?P<letter>[A-ZÅÄÖÆØŁŚŻ])\b)")
_TITLE: Final = re.compile(
    rf"\b(?:(?:Mrs?|Ms|[Dd]r|[Hh]r|[Pp]rof|[Ii]nż)\. ?|(?:Mrs?|Ms|Dr|[Hh]r|[Hh]err|[Ff]ru|[Ff]rk|[Ff]röken"
    rf"|[Pp]an|[Pp]ani|[Pp]ana|[Pp]anem|[Pp]anią|[Pp]anu) )(?P<name>{_WORD}(?: {_WORD})?)"
)
_CONTACT: Final = re.compile(
    r"\b(?i:contact(?: person)?|call|ask|kontakta|kontakt(?:person|osoba)?|ring(?: till| til)?|fråga|tala med|prata med"
    r"|spørg|tal med|zadzwoń do|dzwonić do|zapytaj|pytać|rozmawiać z|osoba kontaktowa|skontaktuj się z)"
    rf"(?: |: ?)(?P<name>{_WORD}(?: {_WORD})?)"
)
_NORDIC: Final = """
Agneta Anders Andreas Anette Anita Ann Anna Anne Annika Astrid Barbro Bengt Birgit Birgitta Bjarne Björn Bo
Britt Camilla Carina Carl Caroline Cecilia Charlotte Christer Christian Christina Dorte Elin Elisabeth Elsa Emma
Erik Eva Finn Flemming Fredrik Frida Gitte Gunilla Gunnar Göran Hanne Hans Heidi Helle Helena Henrik Håkan Ida
Inga Inge Inger Ingrid Irene Jakob Jan Jens Jesper Johan Johanna Johannes Jonas Josefin Jytte Jørgen Karin Karl
Katarina Kenneth Kerstin Kim Kirsten Kjell Klaus Kristian Kristina Kurt Lars Lasse Leif Lena Lene Lennart Linda
Linnea Lise Lisbeth Lone Lotte Louise Mads Magnus Malin Margareta Maria Marianne Marie Martin Mathias Matilda
Merete Mette Michael Mikael Mogens Monica Morten Nicklas Niels Nils Ole Olof Oskar Palle Pernille Per Peter Pia
Poul Preben Rasmus Rikke Rolf Sara Siv Sofie Stefan Steen Stig Susanne Svend Sven Søren Thomas Tine Tomas Torben
Tove Ulf Ulla Ulrika Vibeke Viktor Åke Åsa
"""
_POLISH: Final = """
Adam Agata Agnieszka Agnieszki Agnieszką Aleksandra Aleksandry Alicja Andrzej Andrzeja Andrzejem Anny Anną
Barbara Barbary Barbarą Bartosz Beata Beaty Bożena Danuta Dariusz Dariusza Dorota Doroty Elżbieta Elżbiety Ewa
Ewy Ewą Grażyna Grzegorz Grzegorza Halina Hanna Iwona Jacek Jacka Jadwiga Jana Janem Janina Janusz Jarosław
Jerzy Jerzego Joanna Joanny Joanną Józef Justyna Kamil Karolina Katarzyna Katarzyny Katarzyną Krystyna Krzysztof
Krzysztofa Krzysztofem Leszek Łukasz Łukasza Maciej Magdalena Magdaleny Małgorzata Małgorzaty Małgorzatą Marcin
Marcina Marek Mariusz Marta Marty Mateusz Michał Michała Mirosław Monika Moniki Natalia Paweł Pawła Piotr Piotra
Piotrem Przemysław Rafał Renata Robert Roman Ryszard Sławomir Stanisław Stanisława Sylwia Tadeusz Teresa Tomasz
Tomasza Tomaszem Urszula Waldemar Wanda Wiesław Wojciech Wojciecha Zbigniew Zbigniewa Zofia
"""
_ENGLISH: Final = """
Alan Alice Amanda Andrew Anthony Brian Catherine Christopher Claire Colin Daniel David Deborah Diana Dorothy
Edward Elizabeth Emily Frances Gareth Gary George Graham Helen Ian James Jane Janet Jennifer Jessica John
Jonathan Joseph Joyce Julia Julie Karen Keith Kevin Laura Linda Lisa Margaret Mary Matthew Nicholas Nicola Nigel
Patricia Paul Philip Rachel Rebecca Richard Ronald Samantha Sandra Sarah Sharon Simon Stephen Steven Stuart
Susan Timothy Tracey William Yvonne
"""
_GIVEN: Final = frozenset(f"{_NORDIC} {_POLISH} {_ENGLISH}".split())
"""Common given names; those that are also words, places or furniture (Max, Mark, Rose, Billy) are left out.

Polish ones stand as they change in a sentence too.
"""
_THINGS: Final = """
Chair Table Desk Sofa Bench Shelf Cabinet Series Collection Room Building Street Office School House Hall Centre
Center Library Hospital Church Square Road Stol Stolen Bord Bordet Skola Skolan Kyrka Gata Gatan Rum Sal Krzesło
Stół Sala Szkoła Ulica AB AS
"""
_NOT_FAMILY: Final = frozenset(_THINGS.split())
"""Words after a given name that make it the name of a thing or place."""


_BEFORE_NAMES: Final = """
Mr Mrs Ms Dr dr Hr hr Prof prof Inż inż Herr herr Fru fru Frk frk Fröken fröken Pan pan Pani pani Pana pana
Panem panem Panią panią Panu panu
"""
_HINTS: Final = _GIVEN.union(_BEFORE_NAMES.split())
_MARKS: Final = ".,:;()!?/\"'”"


def _hints(text: str) -> bool:
    """Whether a word of the text may belong to a name; quick, and true for most texts that hold one."""
    for mark in _MARKS:
        text = text.replace(mark, " ")
    return not _HINTS.isdisjoint(text.split())


def named_person(text: str) -> str | None:
    """What looks like the name of a person in a text; None where nothing does.

    That is a title or a word such as "contact" with a capitalised name after it, of which without a title the first
    is a common given name, or such a given name with a family name or its first letter. Names without either are
    missed; a piece that is called after a person ("Anna Karlsson") is seen as one.
    """
    title = _TITLE.search(text)
    if title:
        return title["name"]
    contact = _CONTACT.search(text)
    if contact and contact["name"].partition(" ")[0] in _GIVEN:
        return contact["name"]
    for pair in _PAIR.finditer(text):
        if pair["given"] in _GIVEN and pair["family"] not in _NOT_FAMILY:
            return pair[0]
    return None


def _masked(name: str) -> str:
    """What the report shows: initials, so that the writer finds the place and nobody else learns the name."""
    return " ".join(word[0] + "…" for word in name.replace(".", " ").split())


_NOTES: Final = (("condition", "notes"), ("revision", "reason"))
_TOLD: Final = ("notes", "reason", "causeText")
"""What is jotted down about an event itself."""
_PLACES: Final = ("site", "building", "floor", "room")


def _texts(listed: Any, path: Place) -> Iterator[tuple[Place, str]]:
    for number, each in enumerate(listed) if isinstance(listed, list) else ():
        text = each.get("value") if isinstance(each, dict) else None
        if isinstance(text, str):
            yield (*path, number, "value"), text


def _notes(subject: Subject) -> Iterator[tuple[Place, str]]:
    """The texts that people jot down about a piece, which nobody edits before they are published."""
    for path in _NOTES:
        yield from _texts(inner(subject.value, path[0]).get(path[1]), path)
    for name in _TOLD if subject.level is EVENT else ():
        yield from _texts(subject.value.get(name), (name,))
    location = inner(subject.value, "location")
    for name in _PLACES:
        if isinstance(location.get(name), str):
            yield ("location", name), location[name]
    method = inner(subject.value, "remainingLifeEstimate").get("method")
    if isinstance(method, str):
        yield ("remainingLifeEstimate", "method"), method


@rule("person-named", "condition", "location", "remainingLifeEstimate", "revision", *_TOLD, levels=EVERY)
def person_named(subject: Subject) -> Iterator[Finding]:
    """Notes name no natural person without consent (ESPR 10(1)(e); V50): SHOULD not, but names are only guessed.

    False alarms are furniture and rooms called after persons; that is why it never refuses, and why only notes, places
    and reasons are read: descriptions may name designers, who are named publicly.
    """
    notes = list(_notes(subject))
    if not _hints("\n".join(text for _, text in notes)):
        return
    for place, text in notes:
        name = named_person(text)
        if name:
            yield subject.finding("person-named", place, _masked(name))
