"""The audit of revocations: what the log says was issued in error is revoked, and nothing else is."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from passport.codecs import state as states
from passport.model.passport import Document, Kind
from passport.ports import History
from passport.service.auditproblems import AuditProblem, Found


def compare(
    history: History,
    *,
    withdrawn: Collection[str],
    cancelled: Mapping[str, Collection[str]],
    effects: Mapping[str, str],
    found: Found,
) -> None:
    """Compare the status lists with the log: of ``withdrawn`` products every passport is revoked, of others none.

    ``cancelled`` are the ids of events that never happened, by product: their documents of every tier are revoked too.
    ``effects`` are, by document, what is still known of erased ones. Raises ``Damaged``.
    """
    expected: dict[int, set[int]] = defaultdict(set)
    for code in {*withdrawn, *cancelled}:
        for document in _revoked(history.documents(code), code in withdrawn, cancelled.get(code, ()), effects):
            expected[document.status_list].add(document.status_index)
            in_list = document.status_index in history.revoked(document.status_list)
            if not in_list or not history.is_revoked(document.id):
                found.note("revocation", "it was issued in error or withdrawn, and is not revoked", document)
    for number in range(history.status_lists()):
        for index in sorted(history.revoked(number) - expected[number]):
            detail = f"status entry {number}#{index} is revoked, and nothing in the log says why"
            found.add(AuditProblem("revocation", detail))


def _revoked(
    documents: Collection[Document], withdrawn: bool, cancelled: Collection[str], effects: Mapping[str, str]
) -> Iterator[Document]:
    if withdrawn:
        yield from (each for each in documents if each.kind is Kind.PASSPORT)
    if cancelled:
        events = [each for each in documents if each.kind is Kind.EVENT]
        for parts, said in states.gathered(events, effects=effects):
            if str(said.get("id")).rpartition("/")[2] in cancelled:
                yield from parts
