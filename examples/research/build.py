"""Makes the notebook of the script beside it: ``python build.py``. A test compares the two."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("furniture-flows.py")
NOTEBOOK = SCRIPT.with_suffix(".ipynb")
_MARK, _TEXT = "# %%", "# %% [markdown]"


def notebook(script: str) -> str:
    """The notebook of a script whose cells begin with ``# %%``, without outputs."""
    made = {
        "cells": list(_cells(script)),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _cells(script: str) -> Iterator[dict[str, Any]]:
    for number, part in enumerate(("\n" + script).split(f"\n{_MARK}")[1:], 1):
        kind, _, inside = f"{_MARK}{part}".partition("\n")
        lines = inside.strip("\n").split("\n")
        if kind == _TEXT:
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        source = "\n".join(lines).splitlines(keepends=True)
        cell: dict[str, Any] = {"cell_type": "markdown" if kind == _TEXT else "code", "id": f"cell-{number}"}
        yield (
            cell
            | {"metadata": {}, "source": source}
            | ({} if kind == _TEXT else {"execution_count": None, "outputs": []})
        )


if __name__ == "__main__":
    NOTEBOOK.write_text(notebook(SCRIPT.read_text(encoding="utf-8")), encoding="utf-8")
