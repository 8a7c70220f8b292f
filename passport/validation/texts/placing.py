"""What stands against a document's place among the products that exist."""

from typing import Final

from passport.validation.texts.entry import ERROR, Entry

ENTRIES: Final[tuple[Entry, ...]] = (
    (
        "identity-taken",
        ERROR,
        "Identity of another organisation's product",
        "A product with this identity was registered by another organisation.",
        "an identity that is free or your own",
        "Only its issuer or responsible operator may submit the next version of a passport.",
        "Compare the identifier with the label; ask the other organisation if it is right.",
        "EN 18219; ESPR Article 10(1)(a); T01, T05",
    ),
    (
        "identity-duplicate",
        ERROR,
        "Identity twice in one submission",
        "Document {other} of this submission has the same identity.",
        "each product once in a submission",
        "It would be unclear which of the two is valid.",
        "Keep one of the documents, or correct the identifier.",
        "EN 18219; V04",
    ),
    (
        "identity-withdrawn",
        ERROR,
        "Identity of a withdrawn product",
        "The passport of this product was withdrawn; its identity is never used again.",
        "an identity that was never used",
        "Old labels must not lead to another product.",
        "Submit the product under a new identity.",
        "ESPR Article 10(1)(a); V04; T05",
    ),
    (
        "product-unknown",
        ERROR,
        "Product not found",
        "No product has the identity {found}.",
        "the identity of a product that exists, or none",
        "Short codes are given by the service and cannot be chosen.",
        "Correct the identifier, or leave it out for a new product.",
        "EN 18219",
    ),
    (
        "level-changed",
        ERROR,
        "Level cannot change",
        "The product is registered at level {level}.",
        "granularity {level}",
        "The level of a passport is fixed; another level needs another identity.",
        "Correct the granularity, or submit without the identifier.",
        "EN 18219 clause 4.4; V02",
    ),
    (
        "state-on-revision",
        ERROR,
        "State in a new version",
        "Owner, place, condition and availability cannot be changed by a new version of the passport.",
        "a document without this field",
        "A passport says what a thing is; events say what happens to it.",
        "Remove the field and record an event instead.",
        "field list, rows 94 to 98; V57",
    ),
    (
        "revision-of-nothing",
        ERROR,
        "Revision of a passport that does not exist",
        "There is no earlier version that this document could correct or change.",
        "a first version without the field revision, or the identity of a product that has a passport",
        "A correction is passed on to the pieces that were made to the version before it; here there is none.",
        "Remove the field revision, or correct the identifier.",
        "field list, row 6",
    ),
)
