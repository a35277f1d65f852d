"""The bank's words: for problems in a file, and for errors. Indonesian is in ``translations/``."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from exam_engine.web.messages import Message
from item_bank.models import VersionState

PROBLEMS = {
    # The file as a whole.
    "file.not_xlsx": _l("this is not an Excel workbook (.xlsx)"),
    "file.too_large": _l("the file is too large; at most %(limit)s MB, unpacked %(unpacked)s MB"),
    "file.no_items": _l("there are no items in this file"),
    "sheet.missing": _l("this sheet is missing"),
    "sheet.too_many_rows": _l("there are more than %(limit)s rows; split the file"),
    "sheet.too_many_columns": _l("there are more than %(limit)s columns"),
    # Headers.
    "header.missing": _l("this column is missing from the first row"),
    "header.unknown": _l("“%(header)s” is not a column of this sheet"),
    "header.twice": _l("this column occurs twice"),
    "header.none": _l("there is content below an empty header"),
    # Single cells.
    "cell.formula": _l("a formula without a stored result; save the file in a spreadsheet program or type the value"),
    "cell.date": _l("a date; format the cell as text and type it again"),
    "cell.truth": _l("a truth value; format the cell as text and type it again"),
    "cell.error": _l("the cell shows an error (%(value)s)"),
    "cell.too_long": _l("more than %(limit)s characters"),
    "cell.control": _l("holds a control character that cannot be shown; type the text again"),
    "value.missing": _l("must be filled in"),
    "value.twice": _l("“%(value)s” stands in row %(first)s already"),
    "value.code": _l("“%(value)s” is not a code: letters, digits, “_”, “.” and “-”, at most 40, no space"),
    "value.not_one_of": _l("“%(value)s” is not one of: %(allowed)s"),
    "value.not_number": _l("“%(value)s” is not a number"),
    "value.not_whole": _l("“%(value)s” is not a whole number"),
    "value.range": _l("%(value)s is out of range: %(bounds)s"),
    "value.refused": _l("cannot be used: %(detail)s"),
    "reference.unknown": _l("“%(value)s” is not in the sheet %(sheet)s"),
    # What must hang together.
    "options.gap": _l("the options before this one are not all filled in"),
    "key.or_points": _l("give a key or points for every option"),
    "key.and_points": _l("give a key or points, not both"),
    "key.no_option": _l("“%(value)s” is not one of the options %(options)s"),
    "points.no_option": _l("points without an option"),
    "parameters.no_model": _l("item parameters are given but no model"),
    "parameters.gpcm": _l("GPCM goes with points, 2PL and 3PL go with a key"),
    "parameters.unused": _l("the model %(model)s does not have this parameter"),
    "parameters.steps": _l("%(categories)s different points need %(wanted)s steps, found %(found)s"),
    "stimulus.differs": _l("“%(stimulus)s” says something else in the bank (item %(item)s, not in this file)"),
    # Figures.
    "figure.not_svg": _l("not an SVG drawing (%(detail)s)"),
    "figure.unsafe_xml": _l("declares entities or a document type; export the drawing as plain SVG"),
    "figure.too_large": _l("the drawing is larger than %(limit)s characters; simplify it"),
    "figure.too_deep": _l("the drawing is nested too deeply; simplify it"),
    "figure.element": _l("the element <%(name)s> is not allowed"),
    "figure.attribute": _l("the attribute “%(name)s” on <%(element)s> is not allowed"),
    "figure.reference": _l("“%(name)s” on <%(element)s> refers to something outside the drawing"),
    "figure.nested_use": _l("<use> refers to “%(name)s”, which holds a <use> itself"),
    "figure.no_size": _l("the drawing needs a viewBox, or a width and a height"),
    # No faults, but perhaps not meant.
    "warning.new_domain": _l("Domains new to the bank: %(names)s. Are they spelt as in the exam's definition?"),
    "warning.rests": _l("Approved items that change: %(count)s. They go into no paper until approved again."),
    "warning.new_key": _l("Items that get another key: %(count)s."),
    "warning.simulated": _l("Items whose parameters are simulated, not measured: %(count)s."),
    "warning.not_calibrated": _l("Items without parameters, not calibrated: %(count)s."),
    "warning.no_explanation": _l("Items without an explanation for reviewers: %(count)s."),
}

STATES: dict[str, tuple[LazyString, str]] = {
    VersionState.DRAFT: (_l("draft"), "info"),
    VersionState.APPROVED: (_l("approved"), "good"),
    VersionState.RETURNED: (_l("returned"), "warn"),
}
"""Words and tone for where a version stands."""
LANGUAGES = {"id": _l("Indonesian"), "en": _l("English")}

SHORTFALL = _l("%(place)s: %(wanted)s wanted, %(found)s found")

MESSAGES = {
    "bank.file_faulty": Message(
        _l("The file has faults (%(count)s); nothing was changed."),
        _l("Correct the rows named below and load the file again."),
    ),
    "bank.figure": Message(
        _l("The figure cannot be used: %(problem)s"), _l("Export the drawing as plain SVG, without scripts or links.")
    ),
    "bank.unwritable": Message(
        _l("Item %(item)s cannot be written to a spreadsheet (%(column)s): %(problem)s"),
        _l("Correct the item, then export again."),
    ),
    "bank.self_approval": Message(
        _l("You made this version yourself."), _l("Another reviewer must decide about it.")
    ),
    "bank.decided": Message(
        _l("This version can no longer be decided about."), _l("Reload the page to see where it stands.")
    ),
    "bank.reason_missing": Message(
        _l("A reason is needed to return an item."), _l("Say in a few words what its author should change.")
    ),
    "assembly.shortfall": Message(
        _l("The bank has too few approved items for this paper. %(missing)s"),
        _l("Import or approve more items. Items of one stimulus are only used together."),
    ),
    "paper.name_taken": Message(
        _l("Another paper is called “%(name)s”."), _l("Choose another name.")
    ),
}
