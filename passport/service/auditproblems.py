"""What an audit finds: problems with stable codes, bounded for each code, the first bad entry of the log first."""

from collections import Counter
from dataclasses import dataclass, field

from passport.model.passport import Document


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """One thing that is wrong, or, with the code ``erased``, that is as it should be and yet not there.

    ``code`` is stable. ``position`` is the place in the log, None where the trouble is with a product as a whole;
    ``document`` the id of the credential and ``product`` the short code, as far as they are known.
    """

    code: str
    detail: str
    position: int | None = None
    document: str | None = None
    product: str | None = None


@dataclass(slots=True)
class Found:
    """Problems, at most ``per_code`` of each code; the others are counted."""

    per_code: int
    problems: list[AuditProblem] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)

    def add(self, problem: AuditProblem) -> None:
        """Keep or count a problem."""
        self.numbers[problem.code] += 1
        if self.numbers[problem.code] <= self.per_code:
            self.problems.append(problem)

    def note(self, code: str, detail: str, document: Document) -> None:
        """A problem of one document."""
        self.add(AuditProblem(code, detail, document.position, document.id, document.code))

    def listed(self) -> list[AuditProblem]:
        """All that were kept by position, those without one after them, and what was only counted at the end."""
        ordered = sorted(self.problems, key=lambda each: (each.position is None, each.position or 0))
        more = {code: number - self.per_code for code, number in self.numbers.items() if number > self.per_code}
        return ordered + [AuditProblem(code, f"and {number} more of this kind") for code, number in more.items()]
