"""What codes mean, in the sentences of their recorded examples: a description of a code alone would have gaps."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from passport.published import Published
from passport.validation.wording import Description, describe


def illustrated(published: Published, code: str, language: str) -> Description:
    """The texts of a code in a language, with what the report on its example says; ``KeyError`` for an unknown code.

    Of a code without a recorded example the texts are as they are, with "…" in place of values.
    """
    described = describe(code, language)
    said = _example(published, code).get(language)
    return replace(described, message=said["message"], expected=said["expected"]) if said else described


@lru_cache(maxsize=512)
def _example(published: Published, code: str) -> Mapping[str, Mapping[str, str]]:
    """The finding of a code in the report on its example, by language; empty where there is none."""
    path = published.examples() / "invalid" / f"{code}.report.json"
    if not path.is_file():
        return {}
    reports: Mapping[str, Any] = json.loads(path.read_bytes())
    return {
        language: next(each for each in report["findings"] if each["code"] == code)
        for language, report in reports.items()
    }
