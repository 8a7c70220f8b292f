"""What data the graph has, in plain words: what there is, how it hangs together, and in which graph it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from passport.published import VOCAB
from passport.web.pages.words import Words


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the drawing: the property that leads there, what is there, and its class."""

    by: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing: its classes, what is said about it, and the properties that lead to others."""

    name: str
    classes: tuple[str, ...]
    meaning: str
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A named graph, or many of one kind: what its name is, and what stands in it."""

    name: str
    meaning: str


def chains(words: Words) -> tuple[tuple[Step, ...], ...]:
    """How one leads to the other: three ways through the data of one product."""
    _ = words.texts.gettext
    passport = _("Passport"), "fp:ProductPassport"
    return (
        (
            Step("", _("Product"), "schema:IndividualProduct"),
            Step("schema:hasDigitalProductPassport", *passport),
            Step("fp:now", _("State now"), "fp:CurrentState"),
            Step("fp:contains", _("Share of a material"), "fp:MaterialShare"),
        ),
        (
            Step("", _("Event"), "fp:LifeEvent"),
            Step("fp:passport", *passport),
            Step("fp:model", _("Passport of the model"), "fp:ProductPassport"),
        ),
        (
            Step("", _("Version"), "prov:Entity"),
            Step("prov:specializationOf", *passport),
            Step("fp:category", _("Code"), "skos:Concept"),
        ),
    )


def things(words: Words) -> tuple[Thing, ...]:
    """What there is, most asked for first."""
    _ = words.texts.gettext
    return (
        Thing(
            _("Passport"),
            ("fp:ProductPassport",),
            _("What its issuer says: maker, kind, parts, materials. What a piece does not say is at its fp:model."),
            ("fp:product", "fp:model", "schema:manufacturer", "fp:category", "fp:components", "fp:now"),
        ),
        Thing(
            _("Product"),
            ("schema:IndividualProduct", "schema:ProductModel", "schema:Product"),
            _("The furniture itself: a piece, a model, or a batch."),
            ("schema:hasDigitalProductPassport",),
        ),
        Thing(
            _("Event"),
            ("fp:LifeEvent", "fp:CorrectedEvent", "fp:Cancellation"),
            _("What happened to a product. Count fp:LifeEvent: it leaves out what was corrected."),
            (
                *("fp:passport", "fp:product", "fp:eventType", "epcis:eventTime", "fp:actorRole", "fp:ownerType"),
                *("fp:previousOwnerType", "fp:repairTypes", "fp:cause", "fp:partsUsed", "fp:workMinutes"),
            ),
        ),
        Thing(
            _("State now"),
            ("fp:CurrentState",),
            _("What all events add up to: kind of owner, grade, repairs, mass and recycled content today."),
            (
                *("fp:ownerType", "fp:ownerCountry", "fp:grade", "fp:timesRepaired", "fp:ended", "fp:ending"),
                *("fp:mass", "fp:recycledShare", "fp:contains"),
            ),
        ),
        Thing(
            _("Share of a material"),
            ("fp:MaterialShare",),
            _("How much of a piece is of one material, in kilograms and in per cent of its mass."),
            ("fp:materialClass", "fp:mass", "fp:massShare"),
        ),
        Thing(
            _("Version"),
            ("prov:Entity",),
            _("Each version of a passport ever issued: when, by whom, and the digest of what was signed."),
            ("prov:specializationOf", "prov:wasRevisionOf", "prov:generatedAtTime", "prov:wasAttributedTo"),
        ),
        Thing(
            _("Organisation"),
            ("schema:Organization", "prov:Organization"),
            _("Who issues passports. Owners are given by kind only; people are never named."),
            ("schema:name", "fp:ownerType", "schema:addressCountry"),
        ),
        Thing(
            _("Code"),
            ("skos:Concept",),
            _("Materials, kinds of furniture, kinds of events and so on, with labels in four languages."),
            ("skos:prefLabel", "skos:inScheme", "skos:exactMatch"),
        ),
    )


def graphs(words: Words, base: str) -> tuple[Part, ...]:
    """The named graphs."""
    _ = words.texts.gettext
    return (
        Part(f"{base}/passports/…", _("One for each product, named like its passport: the passport and its events.")),
        Part(f"{VOCAB}codes/…", _("One for each code list.")),
        Part(VOCAB, _("The vocabulary: what each property and class means.")),
        Part(f"{base}/organisations", _("All public organisations.")),
    )


def values(words: Words, base: str) -> Mapping[str, object]:
    """All of it, for the template."""
    return {"chains": chains(words), "things": things(words), "graphs": graphs(words, base)}
