"""``exam-engine demo``"""

from __future__ import annotations

import errno
import os
import socket
import threading
from pathlib import Path

import click
from flask import Flask

from exam_engine.app import create_app, engine_of
from exam_engine.demo import page, stage
from exam_engine.demo.candidates import Candidate
from exam_engine.demo.stage import Play, Stage
from exam_engine.migrate import upgrade
from exam_engine.server import listen
from exam_engine.server import serve as run
from exam_engine.settings import load_settings, read_profile

REAL_THINGS = ("EXAM_ENGINE_DATABASE_URL", "EXAM_ENGINE_REDIS_URL")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free one.")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Where its data lives.")
@click.option("--candidates", type=click.IntRange(0, 500), default=40, show_default=True, help="Simulated candidates.")
@click.option("--pace", type=float, default=9.0, show_default=True, help="Seconds a simulated candidate takes an item.")
def demo(port: int, data_dir: Path | None, candidates: int, pace: float) -> None:
    """Run a sample exam on this computer: sit it, watch it, read its scores. Listens on loopback only."""
    _refuse_the_real_thing()
    folder = data_dir or Path(read_profile("demo")["data_dir"])
    folder.mkdir(parents=True, exist_ok=True)
    settings = load_settings("demo", data_dir=folder, port=port, secret_key=stage.secret_key(folder))
    listener = _listen(settings.host, port)
    click.echo("Preparing the sample exam …", err=True)
    upgrade(settings.effective_database_url, settings.parts)
    app = create_app(settings)
    ready = stage.prepare(app, candidates, max(pace, 0.1))
    page.init_app(app, ready)
    address = listener.getsockname()[:2]
    threading.Thread(target=_raise_curtain, args=(app, ready, address), daemon=True).start()
    click.echo(f"\n  The demo runs at http://{address[0]}:{address[1]}/", err=True)
    click.echo(f"  Its data is kept in {folder.resolve()}. Stop it with Ctrl-C.\n", err=True)
    run(app, listener)


def _refuse_the_real_thing() -> None:
    """The demo's accounts have a public password: they must not get into the database of an installation."""
    for name in REAL_THINGS:
        if os.environ.get(name):
            raise click.ClickException(
                f"{name} is set, so this looks like a real installation. The demo keeps its data in a folder of its "
                f"own and writes into no other database. Unset {name} to run it."
            )


def _listen(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise click.ClickException(f"Port {port} is taken. Choose another one: exam-engine demo --port 8080") from error


def _raise_curtain(app: Flask, ready: Stage, address: tuple[str, int]) -> None:
    """Let the simulated candidates come in, the ones of the short exam first."""
    for play in (ready.finished, ready.live):
        for candidate in _candidates(app, play, address):
            candidate.start()


def _candidates(app: Flask, play: Play, address: tuple[str, int]) -> list[Candidate]:
    engine = engine_of(app)
    with engine.database.read() as session:
        paper_id = stage.paper_of(session, play)
    paper = engine.papers.paper(paper_id)
    return [Candidate(person, paper, address, play.pin) for person in play.cast()]
