"""Commands about organisations: ``passport organisation …``."""

from typing import Annotated

import typer

from passport.cli.opening import DataOption, running_on
from passport.model.access import Role

commands = typer.Typer(help="Organisations that issue or own.", no_args_is_help=True)


@commands.command("add")
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

    with running_on(data) as running:
        made = add(
            running.system,
            Organisation(slug, name, role, kind, country, web, tuple(identifier or ()), tuple(prefix or ())),
        )
        print(f"{made.slug}: {running.system.did(made.slug)}")


@commands.command("prefix")
def add_prefixes(slug: str, prefix: list[str], data: DataOption = None) -> None:
    """Register GS1 company prefixes of an organisation."""
    from passport.service.organisations import register_prefixes

    with running_on(data) as running:
        print(", ".join(register_prefixes(running.system, slug, prefix).prefixes))


@commands.command("list")
def list_organisations(data: DataOption = None) -> None:
    """List the organisations."""
    with running_on(data) as running:
        for each in running.system.parties.organisations():
            print(f"{each.slug}\t{each.role}\t{each.kind}\t{each.name}")
