"""The pages show figures that are there, and every figure drawn for them is shown."""

from __future__ import annotations

import re
from pathlib import Path

from setup.figures import FOLDER, draw

PAGES = FOLDER.parent


def test_pages_show_the_figures_that_are_drawn(tmp_path: Path) -> None:
    shown = {
        name
        for page in PAGES.glob("*.md")
        for name in re.findall(r"!\[[^\]]+\]\(figures/([\w-]+\.svg)\)", page.read_text("utf-8"))
    }
    kept = {path.name for path in FOLDER.glob("*")}
    assert shown == kept == {path.name for path in draw(tmp_path)}
