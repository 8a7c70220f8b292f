"""What the rules about textile fibres find."""

from typing import Final

from passport.validation.texts.entry import ERROR, WARNING, Entry

ENTRIES: Final[tuple[Entry, ...]] = (
    (
        "fibre-sum",
        ERROR,
        "Fibres do not add up to 100 %",
        "The fibres add up to {total} %.",
        "100 % ± 1",
        "A sum of 100 shows that no fibre was forgotten or counted twice.",
        "Correct the shares; small rests may be given as other-fibre.",
        "Regulation (EU) 1007/2011 Article 9; row 46",
    ),
    (
        "fibre-composition-missing",
        WARNING,
        "Fibres not named",
        "The material {found} does not say what fibres it is made of.",
        "fibreComposition",
        "Fibres decide how a textile is cleaned, reused and recycled.",
        "Copy the composition from the label or data sheet of the fabric.",
        "field list, row 46; V25",
    ),
    (
        "fibre-class-mismatch",
        ERROR,
        "Fibre of the material class missing",
        "The material is {found}, but that fibre is not in it.",
        "{expected}",
        "A passport that contradicts itself is trusted by nobody.",
        "Correct the fibres, or choose another class, such as textile-mix.",
        "field list, rows 39 and 46",
    ),
)
