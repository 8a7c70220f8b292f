"""What is said of one thing, gathered statement by statement, as N-Triples."""

from passport.published.namespaces import TYPE

_TYPE = f"<{TYPE}>"


class Told:
    """What is said of one subject."""

    __slots__ = ("_lines", "_subject")

    def __init__(self, subject: str) -> None:
        """``subject`` is an IRI."""
        self._subject = f"<{subject}>"
        self._lines: list[str] = []

    def of_type(self, *classes: str) -> None:
        """Say what it is."""
        self._lines += [f"{self._subject} {_TYPE} <{each}> .\n" for each in classes]

    def say(self, predicate: str, thing: str | None) -> None:
        """Say one thing, an N-Triples term; or nothing where there is nothing to say."""
        if thing is not None:
            self._lines.append(f"{self._subject} <{predicate}> {thing} .\n")

    def written(self) -> bytes:
        """All of it as N-Triples."""
        return "".join(self._lines).encode()
