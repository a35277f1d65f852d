"""A worker of the rival: ``python -m benchmarks.rival serve``, the engine's own server with two routes more."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()  # as the engine's own command does, before anything opens a socket

import click  # noqa: E402

from benchmarks import orm_way  # noqa: E402
from exam_engine.app import create_app  # noqa: E402
from exam_engine.server import listen  # noqa: E402
from exam_engine.server import serve as run  # noqa: E402
from exam_engine.settings import load_settings  # noqa: E402


@click.group()
def main() -> None:
    """The rival of the benchmark of saves."""


@main.command()
@click.option("--port", type=int, required=True)
@click.option("--shared-port", is_flag=True)
def serve(port: int, shared_port: bool) -> None:
    """Run one worker."""
    listener = listen("127.0.0.1", port, shared=shared_port)
    app = create_app(load_settings())
    orm_way.register(app)
    run(app, listener)


if __name__ == "__main__":
    main()
