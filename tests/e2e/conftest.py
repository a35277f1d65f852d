"""One demo and one browser serve all journeys; each journey takes a visitor's place of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser

from tests.services.browser import launched
from tests.services.demo import Demo

_places = count(1)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with launched() as found:
        yield found


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, running."""
    running = Demo(tmp_path_factory.mktemp("demo"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def visitor(demo: Demo) -> str:
    """A registration number nobody has used."""
    return demo.visitor(next(_places))
