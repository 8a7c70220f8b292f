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
    unnamed: Annotated[bool, typer.Option("--unnamed", help="Show its name to nobody, only its role.")] = False,
    data: DataOption = None,
) -> None:
    """Register an organisation and make its signing key."""
    from passport.ports import Organisation
    from passport.service.organisations import add_organisation as add

    identifiers, prefixes = tuple(identifier or ()), tuple(prefix or ())
    with running_on(data) as running:
        made = add(
            running.system,
            Organisation(slug, name, role, kind, country, web, identifiers, prefixes, public=not unnamed),
        )
        print(f"{made.slug}: {running.system.did(made.slug)}")


@commands.command("prefix")
def add_prefixes(slug: str, prefix: list[str], data: DataOption = None) -> None:
    """Register GS1 company prefixes of an organisation."""
    from passport.service.organisations import register_prefixes

    with running_on(data) as running:
        print(", ".join(register_prefixes(running.system, slug, prefix).prefixes))


@commands.command("name")
def show_name(slug: str, data: DataOption = None) -> None:
    """Let everybody see the name of an organisation from now on."""
    from passport.service.organisations import show_name as show

    with running_on(data) as running:
        print(f"{show(running.system, slug).name} is named from now on.")


@commands.command("unname")
def hide_name(slug: str, data: DataOption = None) -> None:
    """Show the name of an organisation to nobody from now on, only its role."""
    from passport.service.organisations import hide_name as hide

    with running_on(data) as running:
        print(f"{hide(running.system, slug).slug} is not named any more. What it signed before goes on naming it.")


@commands.command()
def contact(
    slug: str,
    name: Annotated[str | None, typer.Option(help="Whom to ask.", show_default=False)] = None,
    email: Annotated[str | None, typer.Option(help="E-mail address.", show_default=False)] = None,
    phone: Annotated[str, typer.Option(help="Telephone number.", show_default=False)] = "",
    erase: Annotated[bool, typer.Option("--erase", help="Forget the contact: nothing of it stays.")] = False,
    data: DataOption = None,
) -> None:
    """Show, set or erase whom to ask in an organisation: seen only by who has an open offer to it or from it."""
    from passport.ports import Contact
    from passport.service import organisations

    if (name is None) != (email is None) or (erase and name is not None) or (phone and name is None):
        raise typer.BadParameter("Give --name and --email, perhaps --phone; or --erase; or nothing, to read it.")
    with running_on(data) as running:
        if erase:
            organisations.erase_contact(running.system, slug)
        elif name is not None and email is not None:
            organisations.set_contact(running.system, Contact(slug, name, email, phone))
        organisations.known(running.system, slug)
        kept = running.system.parties.contact(slug)
        print("\t".join((kept.name, kept.email, kept.phone)) if kept else f"No contact of {slug} is kept.")


@commands.command("list")
def list_organisations(data: DataOption = None) -> None:
    """List the organisations."""
    with running_on(data) as running:
        for each in running.system.parties.organisations():
            print("\t".join((each.slug, each.role, each.kind, each.name, *(() if each.public else ("unnamed",)))))
