"""What the rules about emissions find."""

from typing import Final

from passport.validation.texts.entry import ERROR, WARNING, Entry

ENTRIES: Final[tuple[Entry, ...]] = (
    (
        "panel-emission-missing",
        WARNING,
        "Formaldehyde not stated",
        "The product has panels of the kind {found}, without a formaldehyde class or a measured value.",
        "formaldehydeClass or formaldehydeEmission",
        "Wood-based panels are usually bound with glue that gives off formaldehyde.",
        "Ask the maker of the panel for its class and test report.",
        "field list, rows 62 and 63; V28",
    ),
    (
        "formaldehyde-class-value",
        ERROR,
        "Formaldehyde above the class",
        "{found} mg/m³ is more than the class {stated} allows.",
        "at most {limit} mg/m³",
        "A passport that contradicts itself is trusted by nobody.",
        "Correct the value, the class or the method.",
        "EN 13986; UHM 11022; rows 62 and 63",
    ),
    (
        "formaldehyde-class-half",
        WARNING,
        "Formaldehyde above E05",
        "{found} mg/m³ is more than what the class E05 usually means.",
        "at most {limit} mg/m³",
        "E05 is used for half of what E1 allows; that limit has not been confirmed in a standard.",
        "Correct the value or the class; E1 may be the right one.",
        "field list, row 63 (limit not confirmed)",
    ),
    (
        "formaldehyde-limit",
        WARNING,
        "Formaldehyde above the limit of REACH",
        "{found} mg/m³ is more than new furniture may give off.",
        "at most {limit} mg/m³",
        "Since 6 August 2026 such furniture may no longer be placed on the EU market, unless it is exempt.",
        "Check the value; mark what is used, only for outdoors or only for professional use.",
        "REACH Annex XVII entry 77; Regulation (EU) 2023/1464",
    ),
    (
        "emission-method-missing",
        WARNING,
        "Method of measurement missing",
        "It is not said how the emission was measured.",
        "the test method",
        "Figures from different methods cannot be compared with each other or with a limit.",
        "Read it in the test report.",
        "field list, rows 62 and 65",
    ),
    (
        "emission-method-unit",
        WARNING,
        "Method does not give this unit",
        "{found} measures what a panel holds and not what it gives off to the air.",
        "a chamber method such as EN 717-1",
        "The perforator method gives milligrams in 100 g of board; there is no accepted way to convert them.",
        "Read it in the test report.",
        "EN ISO 12460-5; row 62",
    ),
)
