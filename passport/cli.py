"""The command line: ``passport demo | serve | check | init | organisation | token | key | audit | backup | …``."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import orjson
import typer

from passport import __version__
from passport.errors import Refusal
from passport.logkeeping import audit
from passport.logkeeping import commands as log_commands
from passport.model.access import Caller, Role, Scope
from passport.settings import Settings, read_settings, table

if TYPE_CHECKING:
    from passport.wiring import Running

app = typer.Typer(
    help="Digital product passports for furniture: issue, scan, read, verify.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
organisations = typer.Typer(help="Organisations that issue or own.", no_args_is_help=True)
tokens = typer.Typer(help="Bearer tokens of organisations.", no_args_is_help=True)
keys = typer.Typer(help="Signing keys of organisations.", no_args_is_help=True)
app.add_typer(organisations, name="organisation")
app.add_typer(tokens, name="token")
app.add_typer(keys, name="key")
app.add_typer(log_commands, name="log")
app.command()(audit)

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the store.", show_default=False)]
_CLEAN, _FINDINGS, _REFUSED = 0, 1, 2


class Language(StrEnum):
    """The languages that a report can be had in."""

    EN = "en"
    SV = "sv"
    DA = "da"
    PL = "pl"


def main() -> None:
    """Run the command line; a refusal is one plain sentence on standard error and exit code 2."""
    try:
        app()
    except Refusal as refusal:
        _stop(refusal.detail or refusal.code)
    except (FileNotFoundError, FileExistsError, NotADirectoryError, PermissionError) as wrong:
        _stop(f"{wrong.filename}: {wrong.strerror}")


def _stop(reason: str) -> NoReturn:
    print(f"passport: {reason}", file=sys.stderr)
    sys.exit(_REFUSED)


def _settings(data: Path | None = None, **given: object) -> Settings:
    return read_settings(os.environ, given={"data": data, **given})


@contextmanager
def _running(data: Path | None) -> Iterator["Running"]:
    from passport.wiring import opened

    with opened(_settings(data)) as running:
        yield running


@app.command()
def version() -> None:
    """Print the version of this program."""
    print(__version__)


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="Folder of the demo's store; reused when it is there.")] = Path(
        "passport-demo"
    ),
    port: Annotated[
        int | None, typer.Option(help="Port to serve on; 8000 for a new store.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON when ready, for scripts.")] = False,
) -> None:
    """Fill a store with real furniture through the public submission path, and serve it on this machine."""
    from passport.demo import run

    if "PASSPORT_DATABASE" in os.environ:
        print("The demo keeps its store in its own folder: PASSPORT_DATABASE is not used.", file=sys.stderr)
    run(data, port=port, as_json=as_json)


@app.command()
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
        raise typer.Exit(_REFUSED) from wrong
    result = check_bytes(data, name=file, language=language)
    print(orjson.dumps(result.body, option=orjson.OPT_INDENT_2).decode() if as_json else result.text)
    raise typer.Exit(_REFUSED if result.unreadable else _CLEAN if result.body["ok"] else _FINDINGS)


@app.command()
def init(
    base_url: Annotated[str, typer.Option(help="The service's own address, for ever: https://passport.example")],
    data: DataOption = None,
    secret_file: Annotated[
        Path | None, typer.Option(help="Write a new signing secret here, unless one is set.", show_default=False)
    ] = None,
) -> None:
    """Create a store: base URL, signing secret, the service's own key and the first administrator's token."""
    from passport.service.organisations import SERVICE, create_token
    from passport.wiring import create_system, new_secret, store_name

    settings = _settings(data, base_url=base_url)
    if secret_file is not None and settings.signing_secret_file == secret_file and not secret_file.exists():
        settings = settings.model_copy(update={"signing_secret_file": None})
    if settings.signing_secret is None and settings.signing_secret_file is None:
        secret = new_secret()
        settings = settings.model_copy(update={"signing_secret": secret})
        _hand_out(secret, secret_file)
    running = create_system(settings)
    made = create_token(
        running.system, SERVICE, scopes=list(Scope), label="first administrator", valid_for=timedelta(days=365)
    )
    running.store.close()
    print(f"Store created in {store_name(settings)} for {base_url}.")
    print(f"Token of the first administrator, shown this once: {made.secret}")


def _hand_out(secret: str, secret_file: Path | None) -> None:
    if secret_file is None:
        print(f"Signing secret, shown this once; keep it outside the store as PASSPORT_SIGNING_SECRET: {secret}")
        return
    with os.fdopen(os.open(secret_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    print(f"Signing secret written to {secret_file}: name it as PASSPORT_SIGNING_SECRET_FILE.")


@app.command()
def serve(
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes.", show_default=False)] = None,
) -> None:
    """Serve the store over HTTP until stopped; requests under way are finished first."""
    from passport.serving import serve_store

    serve_store(_settings(data, host=host, port=port, workers=workers))


@app.command()
def migrate(data: DataOption = None) -> None:
    """Bring an older store to the form that this program reads. Back it up first."""
    from passport.adapters.sql.store import migrate_store
    from passport.wiring import store_name, store_place

    settings = _settings(data)
    migrate_store(store_place(settings))
    print(f"The store in {store_name(settings)} is up to date.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The backup to write; must not exist yet.")], data: DataOption = None
) -> None:
    """Write a consistent copy of the store while it is being used. The signing keys are not in it."""
    with _running(data) as running:
        running.store.backup(file)
    print(f"Store copied to {file}. The folder of keys, and the media, are to be kept separately.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup made by `passport backup`.")], data: DataOption = None
) -> None:
    """Put a backup in place of a store that is not there; an existing store is never overwritten."""
    from passport.adapters.sql.store import restore_store
    from passport.wiring import store_place

    settings = _settings(data)
    restore_store(file, store_place(settings)).close()
    print(f"Store restored to {settings.data}. Put the folder of keys beside it, then run `passport audit`.")


@app.command()
def copy(
    to: Annotated[str, typer.Option("--to", help="A new place: a folder, or postgresql://user@host/name.")],
    data: DataOption = None,
) -> None:
    """Copy the store to another place, between a file and PostgreSQL either way: whole and checked, or not at all.

    Stop the service before, so that nothing is written to the old store any more.
    """
    from passport.adapters.sql.copying import copy_store
    from passport.adapters.sql.driver import place_of

    with _running(data) as running, typer.progressbar(length=1, label="Rows", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        documents = copy_store(running.store, place_of(to), progress=progress)
    print(f"{documents} documents are copied: numbers of rows, root of the log and seals are the same.")
    print("Set PASSPORT_DATABASE, or take it away, to use the copy. The folders of keys and media are not in it.")


@app.command()
def rebuild(data: DataOption = None) -> None:
    """Make anew what can be made from the history: the search index. The service may run meanwhile."""
    from passport.service.search import rebuild as rebuild_search

    with _running(data) as running:
        size = running.system.history.size()
        with typer.progressbar(length=size, label="Search index", file=sys.stderr) as bar:
            known = rebuild_search(running.system, progress=lambda done, _: bar.update(done - bar.pos))
        print(f"The search index is made anew, from {known} documents.")


@app.command()
def withdraw(
    code: Annotated[str, typer.Argument(help="Short code of the passport.")],
    reason: Annotated[str, typer.Option(help="Why: public, in the tombstone.")],
    organisation: Annotated[str, typer.Option("--as", help="Slug of the organisation that withdraws.")],
    data: DataOption = None,
) -> None:
    """Withdraw a passport for good: its address answers with a tombstone, its credentials are revoked."""
    from passport.service.organisations import known
    from passport.service.withdrawal import withdraw as withdraw_passport

    with _running(data) as running:
        known_one = known(running.system, organisation)
        caller = Caller("command line", known_one.slug, known_one.role, frozenset(Scope))
        print(withdraw_passport(running.system, code, reason=reason, caller=caller))


@app.command()
def erase(
    document: Annotated[str, typer.Argument(help="Id of the document: the last part of its /credentials/ address.")],
    reason: Annotated[str, typer.Option(help="Why: public, in the log.")],
    data: DataOption = None,
) -> None:
    """Erase the content of a signed document for good; its digest and its place in the log stay."""
    from passport.service.erasure import erase as erase_document

    with _running(data) as running:
        print(erase_document(running.system, document, reason=reason))


@app.command("settings")
def show_settings() -> None:
    """Print the table of settings."""
    for name, default, meaning in table():
        print(f"{name}={default}\n    {meaning}")


@organisations.command("add")
def add_organisation(
    slug: str,
    name: str,
    role: Annotated[Role, typer.Option(help="What it may do here.")],
    kind: Annotated[str, typer.Option(help="maker, municipality, data-office, workshop, company …")],
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 code of two letters.")] = None,
    web: Annotated[str | None, typer.Option(help="Web address.")] = None,
    identifier: Annotated[list[str] | None, typer.Option(help="gln:…, lei:…, vat:…; may be repeated.")] = None,
    prefix: Annotated[list[str] | None, typer.Option(help="GS1 company prefix; may be repeated.")] = None,
    data: DataOption = None,
) -> None:
    """Register an organisation and make its signing key."""
    from passport.ports import Organisation
    from passport.service.organisations import add_organisation as add

    with _running(data) as running:
        made = add(
            running.system,
            Organisation(slug, name, role, kind, country, web, tuple(identifier or ()), tuple(prefix or ())),
        )
        print(f"{made.slug}: {running.system.did(made.slug)}")


@organisations.command("prefix")
def add_prefixes(slug: str, prefix: list[str], data: DataOption = None) -> None:
    """Register GS1 company prefixes of an organisation."""
    from passport.service.organisations import register_prefixes

    with _running(data) as running:
        print(", ".join(register_prefixes(running.system, slug, prefix).prefixes))


@organisations.command("list")
def list_organisations(data: DataOption = None) -> None:
    """List the organisations."""
    with _running(data) as running:
        for each in running.system.parties.organisations():
            print(f"{each.slug}\t{each.role}\t{each.kind}\t{each.name}")


@tokens.command("create")
def create_token(
    organisation: str,
    scope: Annotated[list[Scope] | None, typer.Option(help="May be repeated; submit and read by default.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it is valid.")] = 365,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    data: DataOption = None,
) -> None:
    """Make a token for an organisation and show it, this once."""
    from passport.service.organisations import create_token as create

    with _running(data) as running:
        made = create(
            running.system,
            organisation,
            scopes=scope or [Scope.SUBMIT, Scope.READ],
            label=label,
            valid_for=timedelta(days=days),
        )
        print(made.secret)


@tokens.command("list")
def list_tokens(organisation: Annotated[str | None, typer.Argument()] = None, data: DataOption = None) -> None:
    """List tokens: never the tokens themselves, only what is known of them."""
    with _running(data) as running:
        for each in running.system.parties.tokens(organisation):
            state = f"revoked {each.revoked}" if each.revoked else f"until {each.expires}"
            scopes = ",".join(sorted(each.scopes))
            used = each.last_used or "never"
            print("\t".join((each.id, each.organisation, scopes, state, f"last used {used}", each.label)))


@tokens.command("revoke")
def revoke_token(token_id: str, data: DataOption = None) -> None:
    """Revoke a token by its id."""
    with _running(data) as running:
        running.system.parties.revoke_token(token_id, running.system.now())
        print(f"{token_id} is revoked.")


@keys.command("rotate")
def rotate_key(organisation: str, data: DataOption = None) -> None:
    """Give an organisation a new signing key; what the old one signed goes on verifying."""
    from passport.service.organisations import rotate_key as rotate

    with _running(data) as running:
        print(rotate(running.system, organisation).kid)


@keys.command("revoke")
def revoke_key(organisation: str, kid: str, data: DataOption = None) -> None:
    """Mark a retired key as compromised from now on."""
    from passport.service.organisations import revoke_key as revoke

    with _running(data) as running:
        revoke(running.system, organisation, kid)
        print(f"{kid} is revoked.")


@keys.command("list")
def list_keys(organisation: str, data: DataOption = None) -> None:
    """List an organisation's keys."""
    with _running(data) as running:
        for key in running.system.parties.keys(organisation):
            print(f"{key.kid}\t{key.created}\tretired {key.retired or 'no'}\trevoked {key.revoked or 'no'}")
