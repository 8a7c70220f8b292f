"""Commands about what proves who somebody is: ``passport token …`` and ``passport key …``."""

from datetime import timedelta
from typing import Annotated

import typer

from passport.cli.opening import DataOption, running_on
from passport.model.access import Scope

tokens = typer.Typer(help="Bearer tokens of organisations.", no_args_is_help=True)
keys = typer.Typer(help="Signing keys of organisations.", no_args_is_help=True)


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

    with running_on(data) as running:
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
    with running_on(data) as running:
        for each in running.system.parties.tokens(organisation):
            state = f"revoked {each.revoked}" if each.revoked else f"until {each.expires}"
            scopes = ",".join(sorted(each.scopes))
            used = each.last_used or "never"
            print("\t".join((each.id, each.organisation, scopes, state, f"last used {used}", each.label)))


@tokens.command("revoke")
def revoke_token(token_id: str, data: DataOption = None) -> None:
    """Revoke a token by its id."""
    with running_on(data) as running:
        running.system.parties.revoke_token(token_id, running.system.now())
        print(f"{token_id} is revoked.")


@keys.command("rotate")
def rotate_key(organisation: str, data: DataOption = None) -> None:
    """Give an organisation a new signing key; what the old one signed goes on verifying."""
    from passport.service.organisations import rotate_key as rotate

    with running_on(data) as running:
        print(rotate(running.system, organisation).kid)


@keys.command("revoke")
def revoke_key(organisation: str, kid: str, data: DataOption = None) -> None:
    """Mark a retired key as compromised from now on."""
    from passport.service.organisations import revoke_key as revoke

    with running_on(data) as running:
        revoke(running.system, organisation, kid)
        print(f"{kid} is revoked.")


@keys.command("list")
def list_keys(organisation: str, data: DataOption = None) -> None:
    """List an organisation's keys."""
    with running_on(data) as running:
        for key in running.system.parties.keys(organisation):
            print(f"{key.kid}\t{key.created}\tretired {key.retired or 'no'}\trevoked {key.revoked or 'no'}")
