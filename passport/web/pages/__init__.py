"""Every page that a person can open, as text: given plain values, it knows no request and no store."""

from passport.web.pages.site import Pages
from passport.web.pages.views import (
    ComparisonView,
    EventPage,
    Happened,
    Issued,
    LabelRow,
    ModelRow,
    Outcome,
    PassportPage,
)

__all__ = [
    "ComparisonView",
    "EventPage",
    "Happened",
    "Issued",
    "LabelRow",
    "ModelRow",
    "Outcome",
    "Pages",
    "PassportPage",
]
