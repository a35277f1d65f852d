"""Staff accounts on the command line. A password is asked for, or read from standard input, never an argument."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_engine.accounts import operations
from exam_engine.accounts.models import EVERYWHERE, Role, Staff
from exam_engine.accounts.operations import NewStaff, RoleGrant
from exam_engine.audit import Actor
from exam_engine.clock import SystemClock
from exam_engine.database import Database
from exam_engine.settings import Settings

ROLE_HELP = (
    "A role, repeatable: author, reviewer, officer, analyst, auditor, administrator, "
    "or proctor@SITE/ROOM (proctor for all sites, proctor@SITE for all its rooms)."
)


class _RoleParam(click.ParamType[RoleGrant]):
    """``role``, ``proctor@site`` or ``proctor@site/room``."""

    name = "role"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> RoleGrant:
        if isinstance(value, RoleGrant):
            return value
        word, _, reach = str(value).partition("@")
        site, _, room = reach.partition("/")
        if word not in set(Role):
            self.fail(f"there is no role {word!r}", param, ctx)
        if reach and word != Role.PROCTOR:
            self.fail("only proctors are bounded to a site", param, ctx)
        return RoleGrant(Role(word), site or EVERYWHERE, room or EVERYWHERE)


role_option = click.option("--role", "roles", multiple=True, type=_RoleParam(), help=ROLE_HELP)


@click.group()
def staff() -> None:
    """Staff accounts: add, give roles, reset passwords, list."""


@staff.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@role_option
@click.pass_context
def add(
    context: click.Context, username: str, name: str, language: str, roles: tuple[RoleGrant, ...]
) -> None:
    """Make an account. The password is asked for twice, or read as one line from standard input."""
    new = NewStaff(username, name, frozenset(roles), language)
    password = _ask_password()
    with _writing(context) as session:
        operations.create_staff(
            session, SystemClock().now(), _actor(), new, password, password_temporary=False
        )
    click.echo(f"{username.casefold()} can sign in.")


@staff.command()
@click.argument("username")
@role_option
@click.option("--reason", help="Why, for the audit trail.")
@click.pass_context
def roles(
    context: click.Context, username: str, roles: tuple[RoleGrant, ...], reason: str | None
) -> None:
    """Give an account exactly these roles; none at all when no --role is given."""
    with _writing(context) as session:
        account = operations.staff_named(session, username)
        operations.set_grants(session, SystemClock().now(), _actor(), account.id, roles, reason)
    click.echo(f"{username.casefold()}: {_listed(frozenset(roles)) or 'no roles'}")


@staff.command("reset-password")
@click.argument("username")
@click.option("--second-factor", is_flag=True, help="Forget the second factor too (a lost phone).")
@click.pass_context
def reset_password(context: click.Context, username: str, second_factor: bool) -> None:
    """Set a temporary password, unlock the account and close its sessions."""
    password = _ask_password()
    with _writing(context) as session:
        account, now = operations.staff_named(session, username), SystemClock().now()
        operations.reset_password(session, now, _actor(), account.id, password)
        if second_factor:
            operations.reset_second_factor(session, now, _actor(), account.id)
    click.echo(f"{username.casefold()} chooses a new password at the next sign-in.")


@staff.command("list")
@click.pass_context
def list_accounts(context: click.Context) -> None:
    """List all accounts with their roles."""
    with _database(context) as database, database.read() as session:
        for account in session.scalars(select(Staff).order_by(Staff.username)):
            state = "open" if account.active else "closed"
            second = "second factor" if account.totp_confirmed_at else "password only"
            held = _listed(operations.grants_of(account)) or "no roles"
            click.echo(f"{account.username}\t{account.name}\t{state}\t{second}\t{held}")


@contextmanager
def _database(context: click.Context) -> Iterator[Database]:
    settings: Settings = context.obj()
    database = Database(settings.effective_database_url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _writing(context: click.Context) -> Iterator[Session]:
    with _database(context) as database, database.transaction() as session:
        yield session


def _ask_password() -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return answer
    return sys.stdin.readline().rstrip("\n")


def _actor() -> Actor:
    """Whoever runs the command, by the name the machine knows them by."""
    return Actor(None, f"command line: {getpass.getuser()}"[:120])


def _listed(grants: frozenset[RoleGrant]) -> str:
    return ", ".join(
        grant.role.value
        if (grant.site, grant.room) == (EVERYWHERE, EVERYWHERE)
        else f"{grant.role.value}@{grant.site}/{grant.room}"
        for grant in sorted(grants)
    )
