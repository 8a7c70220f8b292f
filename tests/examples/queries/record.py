"""Writes the answers that are expected of worked queries: ``python -m tests.examples.queries.record [NAME …]``.

Look at what changed before it is kept: a test proves most of them right from the documents, not all.
"""

import sys
import tempfile
from pathlib import Path

from tests.examples import asking


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        running = asking.filled(Path(folder) / "store")
        store = asking.store_of(asking.graphs(running.system))
        running.close()
    for name, query in asking.queries().items():
        if len(sys.argv) == 1 or name in sys.argv:
            text = asking.written(query, asking.answer(store, query))
            (asking.EXPECTED / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
