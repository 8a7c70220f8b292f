"""What the rules about recycled and renewable content find."""

from typing import Final

from passport.validation.texts.entry import WARNING, Entry

ENTRIES: Final[tuple[Entry, ...]] = (
    (
        "recycled-split-missing",
        WARNING,
        "Kind of recycled content",
        "{found} % is recycled, but it is not said from what waste.",
        "preConsumer, postConsumer or both",
        "Labels and buyers count waste of consumers and of production differently.",
        "Ask the supplier for the split.",
        "ISO 14021; V24",
    ),
    (
        "recycled-content-missing",
        WARNING,
        "Recycled content not stated",
        "{field} claims something recycled, but nowhere is said how much.",
        "recycledContent of the product or of a material",
        "A claim without a figure cannot be compared.",
        "Add the shares of the materials or of the product.",
        "field list, row 42; V24",
    ),
    (
        "recycled-share-differs",
        WARNING,
        "Recycled content and materials differ",
        "{found} % of the product is said to be recycled, but its materials make another share.",
        "{expected} %",
        "The share of the product follows from the masses and shares of its materials.",
        "Check the figure and its unit.",
        "ISO 14021; row 42",
    ),
    (
        "recycled-class-implausible",
        WARNING,
        "Material rarely recycled",
        "{found} is hardly ever made of waste.",
        "no recycled content, or another material class",
        "Reused is not recycled: recycled content was waste and became a new material.",
        "Correct the class or the content.",
        "ISO 14021; row 42",
    ),
    (
        "renewable-class-implausible",
        WARNING,
        "Material not renewable",
        "{found} % of the material {material} is said to be renewable.",
        "0",
        "Metals and minerals do not grow again; recycled is often what is meant.",
        "Correct the class or the content.",
        "ISO 14021; row 43",
    ),
)
