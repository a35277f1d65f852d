"""What the pages of ``docs/`` point at is there: links, files, commands and options, metrics."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from exam_engine.metrics import metrics_of

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "config" / "systemd").iterdir())
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]*)(#[^)\s]*)?\)")
FILE = re.compile(r"`((?:psychometrics|exam_engine|item_bank|proctoring|web|config|tests|benchmarks|setup)/[\w./@-]*)`")
COMMAND = re.compile(r"exam-engine ((?:--profile|[a-z])[^`\n#|]*)")
COMMANDS = """
import json
import exam_engine.cli as cli
import click
cli._mount()
context = click.Context(cli.root, info_name="exam-engine")
context.params = {"profile": None}
def walk(command, path):
    found = {" ".join(path): sorted(option for each in command.params for option in each.opts if option[0] == "-")}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found |= walk(command.get_command(context, name), (*path, name))
    return found
print(json.dumps(walk(cli.root, ())))
"""


@pytest.fixture(scope="module")
def commands() -> dict[str, list[str]]:
    """Options of every command, by its words. In a process of its own: the command line patches its process."""
    done = subprocess.run([sys.executable, "-c", COMMANDS], capture_output=True, text=True, cwd=ROOT, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def _anchors(page: Path) -> set[str]:
    """The anchors a page's headings get, as source hosts make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text("utf-8")):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        led = (page.parent / target).resolve() if target else page
        assert led.exists(), f"{page.name} links to {target}"
        if anchor and led.suffix == ".md":
            assert anchor[1:] in _anchors(led), f"{page.name} links to {target}{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_are_there(page: Path) -> None:
    gone = [name for name in FILE.findall(page.read_text("utf-8")) if not (ROOT / name).exists()]
    assert gone == []


@pytest.mark.parametrize("page", [*PAGES, *UNITS], ids=lambda page: page.name)
def test_commands_named_exist(page: Path, commands: dict[str, list[str]]) -> None:
    for line in COMMAND.findall(page.read_text("utf-8")):
        words = line.split()
        path: list[str] = []
        allowed = set(commands[""]) | {"--help", "--version"}
        for word in words:
            if " ".join([*path, word]) in commands:
                path.append(word)
                allowed |= set(commands[" ".join(path)])
        assert path or set(words) & allowed, f"{page.name}: exam-engine {line}"
        unknown = [word for word in words if re.fullmatch(r"--[a-z-]+", word) and word not in allowed]
        assert not unknown, f"{page.name}: exam-engine {line} has no {unknown}"


def test_every_command_is_told_in_the_pages(commands: dict[str, list[str]]) -> None:
    told = "\n".join(page.read_text("utf-8") for page in PAGES)
    groups = {name.rpartition(" ")[0] for name in commands}
    untold = [name for name in commands if name not in groups and not re.search(rf"exam-engine [^\n]*\b{name}\b", told)]
    assert untold == []


def test_the_metrics_told_are_those_served(app: Flask) -> None:
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `(exam_\w+)` \| (counter|gauge|histogram)", page, re.MULTILINE))
    with app.app_context():
        served = {
            family.name + ("_total" if family.type == "counter" else ""): family.type
            for family in metrics_of(app).registry.collect()
        }
    assert told == served
