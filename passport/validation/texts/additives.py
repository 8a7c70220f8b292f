"""What the rules about flame retardants, groups of substances and coatings find."""

from typing import Final

from passport.validation.texts.entry import ERROR, WARNING, Entry

ENTRIES: Final[tuple[Entry, ...]] = (
    (
        "flame-retardant-unnamed",
        WARNING,
        "Flame retardants not named",
        "Flame retardants are said to be present, but none is named.",
        "at least one substance with name and CAS number",
        "Buyers exclude some substances by name and number, and cannot judge what is not named.",
        "Ask the supplier of the material, or read it in the safety data sheet.",
        "UHM 10029:3; V29",
    ),
    (
        "flame-retardant-incomplete",
        WARNING,
        "Flame retardant incomplete",
        "The flame retardant has no {field}.",
        "a value for {field}",
        "Buyers exclude some substances by name and number, and cannot judge what is not named.",
        "Ask the supplier of the material, or read it in the safety data sheet.",
        "UHM 10029:3; V29",
    ),
    (
        "flame-retardant-contradicted",
        ERROR,
        "Declared free of flame retardants",
        "No flame retardants are declared, but some are named.",
        "present: true, or no substances",
        "A passport that contradicts itself is trusted by nobody.",
        "Correct whichever of the two is wrong.",
        "field list, row 66; V29",
    ),
    (
        "presence-contradicted",
        ERROR,
        "Not contained, yet measured",
        "{field} is said not to be contained, but its concentration is {found} %.",
        "0, or contained: yes",
        "A passport that contradicts itself is trusted by nobody.",
        "Choose yes, also for traces, or leave the concentration out.",
        "field list, row 68",
    ),
    (
        "halogenated-polymer-named",
        ERROR,
        "Declared free of halogenated polymers",
        "No halogenated polymers are declared, but {found} is one.",
        "another material, or contained: yes",
        "A passport that contradicts itself is trusted by nobody.",
        "Correct whichever of the two is wrong.",
        "UHM 11480; row 68",
    ),
    (
        "coating-hazard-contradicted",
        ERROR,
        "Coating not classified, yet hazardous",
        "The coating is declared as not classified, but has the statements {statements}.",
        "hazardClassified: true, or only statements that begin with EUH",
        "Hazard statements follow from a classification.",
        "Correct whichever of the two is wrong.",
        "Regulation (EC) 1272/2008 Article 21; row 48",
    ),
    (
        "coating-hazard-unnamed",
        WARNING,
        "Hazards of the coating",
        "The coating is classified as hazardous, without its hazard statements.",
        "statements such as H317",
        "Buyers exclude some substances by name and number, and cannot judge what is not named.",
        "Ask the supplier of the material, or read it in the safety data sheet.",
        "UHM 10028:1; row 48",
    ),
)
