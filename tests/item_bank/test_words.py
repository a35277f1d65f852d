"""The bank speaks Indonesian, its errors have words, and its documentation names every column."""

from __future__ import annotations

from babel.messages.pofile import read_po
from flask_babel import force_locale

from exam_engine.errors import ExamEngineError
from exam_engine.web.errors import describe
from item_bank import assembly, catalogue, figures, importing, spreadsheet
from item_bank.faults import Fault, Problem
from item_bank.layout import FIGURES, ITEMS, LETTERS, POINTS, STEPS, STIMULI
from item_bank.words import MESSAGES, PROBLEMS, SHORTFALL
from tests.conftest import ROOT, MakeApp


def test_every_word_has_an_indonesian_one_with_the_same_places() -> None:
    with (ROOT / "item_bank/translations/id/LC_MESSAGES/messages.po").open("rb") as file:
        indonesian = read_po(file, "id")
    words = [*PROBLEMS.values(), SHORTFALL, *(word for m in MESSAGES.values() for word in (m.text, m.hint))]
    for word in map(str, words):
        message = indonesian.get(word)
        assert message is not None and message.string, f"no Indonesian for {word!r}"
        assert not list(message.check(indonesian)), f"places differ in {word!r}"


def test_every_error_of_the_bank_has_words() -> None:
    modules = (assembly, catalogue, figures, importing, spreadsheet)
    names = {name for module in modules for name in vars(module) if name.endswith("Error")}
    errors = {getattr(module, name) for module in modules for name in names if hasattr(module, name)}
    own = {error.code for error in errors if issubclass(error, ExamEngineError) and "item_bank" in error.__module__}
    assert own == set(MESSAGES)


def test_a_mounted_bank_tells_faults_and_errors_in_the_readers_language(make_app: MakeApp) -> None:
    app = make_app(parts=("item_bank",))
    fault = Fault("Items", 3, "key", Problem.of("key.or_points"), "P")
    error = figures.FigureError(Problem.of("figure.element", name="script"))
    with app.test_request_context(), force_locale("id"):
        assert str(fault) == "Items!P3 (key): isi kunci, atau bobot untuk setiap pilihan"
        assert describe(error).message == "Gambar tidak dapat dipakai: elemen <script> tidak diizinkan"


def test_the_documentation_names_every_column() -> None:
    text = (ROOT / "docs/item-bank.md").read_text("utf-8")
    ranged = {*LETTERS, *POINTS, *STEPS}
    for layout in (ITEMS, STIMULI, FIGURES):
        for column in layout.columns:
            assert column in ranged or f"| `{column}` |" in text, column
    for series in (LETTERS, POINTS, STEPS):
        assert f"| `{series[0]}` … `{series[-1]}` |" in text
