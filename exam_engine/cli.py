"""The command line. Commands of the parts above are found through the profile, never by name."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()  # before anything opens a socket or a lock: the server is one gevent process

import importlib  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import click  # noqa: E402

from exam_engine import __version__  # noqa: E402
from exam_engine.errors import ExamEngineError  # noqa: E402
from exam_engine.settings import Settings, load_settings, read_profile  # noqa: E402


class _Commands(click.Group):
    """The engine's commands, and those of every part the profile mounts."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._of_parts(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._of_parts(ctx).get(cmd_name)

    def _of_parts(self, ctx: click.Context) -> dict[str, click.Command]:
        profile = ctx.params.get("profile") or "embedded"
        found: dict[str, click.Command] = {}
        for part in read_profile(profile).get("parts", ()):
            commands = getattr(importlib.import_module(f"{part}.cli"), "commands", ())
            found |= {command.name: command for command in commands}
        return found


@click.group(cls=_Commands)
@click.version_option(__version__, prog_name="exam-engine")
@click.option("--profile", envvar="EXAM_ENGINE_PROFILE", help="Profile name or TOML file (default: embedded).")
@click.pass_context
def root(context: click.Context, profile: str | None) -> None:
    """The competency exam engine."""
    context.obj = lambda **overrides: load_settings(profile, **overrides)


def settings_of(context: click.Context, **overrides: Any) -> Settings:
    """The settings for this invocation."""
    return context.obj(**overrides)  # type: ignore[no-any-return]


@root.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; 0 picks a free one.")
@click.option("--shared-port", is_flag=True, help="Let several workers listen on this port.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None, shared_port: bool) -> None:
    """Run one worker of the server."""
    from exam_engine.app import create_app
    from exam_engine.migrate import upgrade
    from exam_engine.server import listen
    from exam_engine.server import serve as run

    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_of(context, **given)
    if settings.database_url is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        upgrade(settings.effective_database_url, settings.parts)
    listener = listen(settings.host, settings.port, shared=shared_port)
    address = listener.getsockname()
    click.echo(f"Listening on http://{address[0]}:{address[1]}/", err=True)
    run(create_app(settings), listener)


@root.command()
@click.pass_context
def migrate(context: click.Context) -> None:
    """Bring the database's tables to this version."""
    from exam_engine.migrate import upgrade

    settings = settings_of(context)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.effective_database_url, settings.parts)
    click.echo("The database is up to date.")


def _mount() -> None:
    from exam_engine.accounts.cli import staff
    from exam_engine.delivery.cli import log
    from exam_engine.demo.cli import demo
    from exam_engine.exams.cli import exam
    from exam_engine.sittings.cli import sitting

    for command in (staff, log, demo, exam, sitting):
        root.add_command(command)


def main() -> None:
    """Entry point: errors the product raises on purpose are told in words, without a traceback."""
    _mount()
    try:
        # Without its own mode click hands back what a command exits with (`context.exit`) instead of exiting.
        sys.exit(root(standalone_mode=False) or 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ExamEngineError as error:
        from exam_engine.web.messages import in_plain_words

        click.echo(in_plain_words(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
