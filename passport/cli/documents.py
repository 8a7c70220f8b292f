"""Commands about documents: check them before they are sent, withdraw passports, erase what they say."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from passport.cli.opening import CLEAN, FINDINGS, REFUSED, DataOption, running_on
from passport.model.access import Caller, Scope


class Language(StrEnum):
    """The languages that a report can be had in."""

    EN = "en"
    SV = "sv"
    DA = "da"
    PL = "pl"


def check(
    file: Annotated[str, typer.Argument(help="JSON, NDJSON or JSON-LD; - reads standard input.")],
    language: Annotated[Language, typer.Option(help="The language of the report.")] = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Check a submission without sending it: exit code 0 clean, 1 with findings, 2 when it cannot be read.

    Warnings alone do not refuse a submission, so they leave the exit code at 0.
    """
    from passport.service.checks import check_bytes

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as wrong:
        print(f"passport: {file}: {wrong.strerror}", file=sys.stderr)
        raise typer.Exit(REFUSED) from wrong
    result = check_bytes(data, name=file, language=language)
    print(orjson.dumps(result.body, option=orjson.OPT_INDENT_2).decode() if as_json else result.text)
    raise typer.Exit(REFUSED if result.unreadable else CLEAN if result.body["ok"] else FINDINGS)


def withdraw(
    code: Annotated[str, typer.Argument(help="Short code of the passport.")],
    reason: Annotated[str, typer.Option(help="Why: public, in the tombstone.")],
    organisation: Annotated[str, typer.Option("--as", help="Slug of the organisation that withdraws.")],
    data: DataOption = None,
) -> None:
    """Withdraw a passport for good: its address answers with a tombstone, its credentials are revoked."""
    from passport.service.organisations import known
    from passport.service.withdrawal import withdraw as withdraw_passport

    with running_on(data) as running:
        known_one = known(running.system, organisation)
        caller = Caller("command line", known_one.slug, known_one.role, frozenset(Scope))
        print(withdraw_passport(running.system, code, reason=reason, caller=caller))


def erase(
    document: Annotated[str, typer.Argument(help="Id of the document: the last part of its /credentials/ address.")],
    reason: Annotated[str, typer.Option(help="Why: public, in the log.")],
    data: DataOption = None,
) -> None:
    """Erase the content of a signed document for good; its digest and its place in the log stay."""
    from passport.service.erasure import erase as erase_document

    with running_on(data) as running:
        print(erase_document(running.system, document, reason=reason))
