import re

import pytest

from passport.model.languages import LANGUAGES
from passport.validation.plaintext import LINES, report_text
from passport.validation.wording import translated

BODY = {
    "documents": 2,
    "ok": False,
    "findings": [
        {
            "code": "wrong-type",
            "severity": "error",
            "document": 1,
            "pointer": "/gtin",
            "found": "{value} {severity}",
            "expected": "text",
            "message": "Not text.",
            "documentation": "/problems/wrong-type",
        }
    ],
    "suppressed": {"wrong-type": 3},
}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
@pytest.mark.parametrize("line", LINES)
def test_every_line_is_translated_with_its_placeholders(line: str, language: str) -> None:
    said = translated(line, language)
    assert said != line
    assert set(re.findall(r"\{\w+\}", said)) == set(re.findall(r"\{\w+\}", line))


def test_a_report_counts_as_people_do_and_leaves_braces_alone() -> None:
    text = report_text(BODY, language="sv")
    assert text.splitlines() == [
        "Fel i dokument 2, vid /gtin",
        "    Not text.",
        "    Hittat: {value} {severity}",
        "    Förväntat: text",
        "    wrong-type: /problems/wrong-type",
        "3 till med koden wrong-type",
        "Dokument: 2. Fel: 1. Varningar: 0.",
    ]
