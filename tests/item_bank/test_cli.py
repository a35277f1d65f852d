"""The bank on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exam_engine.app import engine_of
from exam_engine.audit import SYSTEM
from exam_engine.errors import NotFoundError
from exam_engine.exams.catalogue import load_exam
from item_bank.assembly import ShortfallError
from item_bank.cli import bank, commands, paper
from item_bank.spreadsheet import write_bank
from tests import world
from tests.conftest import START, MakeApp
from tests.item_bank.workbooks import item, row, weighted, workbook

Run = Callable[..., Result]


@pytest.fixture
def run(make_app: MakeApp) -> Run:
    engine = engine_of(make_app(parts=("item_bank",)))
    with engine.database.transaction() as session:
        load_exam(session, world.definition(), START, SYSTEM)
    by_name = {command.name: command for command in commands}

    def run(command: str, *arguments: object) -> Result:
        return CliRunner().invoke(
            by_name[command], list(map(str, arguments)), obj=lambda **_: engine.settings, catch_exceptions=False
        )

    return run


@pytest.fixture
def bank_file(tmp_path: Path) -> Path:
    """A workbook with enough items for the small exam."""
    path = tmp_path / "bank.xlsx"
    with path.open("wb") as file:
        write_bank(file, [*(item(f"K-{n}") for n in range(8)), *(weighted(f"W-{n}") for n in range(5))])
    return path


def test_the_part_offers_its_commands() -> None:
    assert commands == (bank, paper)


def test_from_a_file_to_a_paper(run: Run, bank_file: Path) -> None:
    assert "empty" in run("bank", "list").output
    assert "Would be 13 added" in run("bank", "import", bank_file, "--dry-run").output
    assert "empty" in run("bank", "list").output
    assert run("bank", "import", bank_file, "--approve").output == (
        "Imported: 13 added, 0 changed, 0 unchanged.\nApproved: 13.\n"
    )
    assert run("bank", "import", bank_file).output == "Imported: 0 added, 0 changed, 13 unchanged.\n"
    assert "K-0\t1\tapproved\tid\tKEY\t-\n" in run("bank", "list").output
    assert "no papers" in run("paper", "list").output
    done = run("paper", "assemble", "small", "--name", "Paket A", "--seed", "4")
    assert "Paper 1: Paket A, 10 items, seed 4" in done.output
    assert "1\tPaket A\tsmall 1\t" in run("paper", "list").output
    assert "seed" in run("paper", "assemble", "small@1").output


def test_an_export_is_a_file_to_import(run: Run, bank_file: Path, tmp_path: Path) -> None:
    run("bank", "import", bank_file)
    assert "Wrote 13 items" in run("bank", "export", tmp_path / "out.xlsx").output
    assert "13 unchanged" in run("bank", "import", tmp_path / "out.xlsx").output


def test_the_template_can_be_imported(run: Run, tmp_path: Path) -> None:
    run("bank", "template", tmp_path / "template.xlsx")
    assert "2 added" in run("bank", "import", tmp_path / "template.xlsx").output


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_faults_are_listed_one_a_line_and_nothing_changes(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    path = tmp_path / "faulty.xlsx"
    path.write_bytes(workbook(row(), row(item="X-2", domain=None, key="Q")).getvalue())
    done = run("bank", "import", path, *options)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "Items!C3 (domain): must be filled in",
        "Items!P3 (key): “Q” is not one of the options A, B",
        "2 faults. Nothing was changed.",
    ]
    assert "empty" in run("bank", "list").output


def test_items_not_approved_make_no_paper(run: Run, bank_file: Path) -> None:
    run("bank", "import", bank_file)
    with pytest.raises(ShortfallError):
        run("paper", "assemble", "small")
    with pytest.raises(NotFoundError):
        run("paper", "assemble", "small@9")
