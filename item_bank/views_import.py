"""Importing in the browser: upload a workbook, read the report on it, confirm."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_engine.accounts.access import current_actor, current_staff, requires
from exam_engine.accounts.models import Role
from exam_engine.app import current_engine
from item_bank import uploads
from item_bank.cells import MAX_FILE, MEGABYTE
from item_bank.importing import BankFileFaultyError, apply_import
from item_bank.models import BankUpload
from item_bank.report import report_on
from item_bank.spreadsheet import write_template
from item_bank.words import STATES

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Role.AUTHOR)
def upload() -> ResponseReturnValue:
    """GET, POST /bank/import: the form; a file sent with it is kept, then reported on."""
    if request.method == "GET":
        return _form()
    file = request.files.get("file")
    name = (file.filename if file else None) or ""
    content = file.read() if file else b""
    if not name:
        return _form(_("Choose a file first."))
    if not name.lower().endswith(uploads.SUFFIX):
        return _form(_("“%(name)s” is not an Excel workbook (.xlsx). Nothing was changed.", name=name))
    if not content:
        return _form(_("“%(name)s” is empty. Nothing was changed.", name=name))
    engine = current_engine()
    with engine.database.transaction() as session:
        digest = uploads.keep(session, current_staff().id, name, content, engine.clock.now())
    return redirect(url_for("item_bank.report", digest=digest), 303)


@requires(Role.AUTHOR)
def report(digest: str) -> ResponseReturnValue:
    """GET /bank/import/<digest>: what importing the file would do."""
    kept = _kept(digest)
    return _report(kept, 200) if kept else _gone()


@requires(Role.AUTHOR)
def confirm(digest: str) -> ResponseReturnValue:
    """POST /bank/import/<digest>/confirmed: import the very bytes that were reported on."""
    engine = current_engine()
    kept = _kept(digest)
    if kept is None:
        return _gone()
    bank_file = uploads.read_upload(kept)
    try:
        with engine.database.transaction() as session:
            plan = apply_import(session, bank_file, kept.file_name, engine.clock.now(), current_actor())
    except BankFileFaultyError:
        return _report(kept, 422)
    if plan.added or plan.changed:
        added, changed = len(plan.added), len(plan.changed)
        flash(_("Imported: %(added)s new, %(changed)s changed, as drafts.", added=added, changed=changed), "good")
    else:
        flash(_("Nothing changed: the bank holds all of this file already."), "info")
    return redirect(url_for("item_bank.items"), 303)


@requires(Role.AUTHOR, Role.REVIEWER)
def template() -> ResponseReturnValue:
    """GET /bank/template.xlsx: the workbook to begin with."""
    file = io.BytesIO()
    write_template(file)
    file.seek(0)
    return send_file(file, WORKBOOK, as_attachment=True, download_name="item-bank.xlsx")


def _kept(digest: str) -> BankUpload | None:
    engine = current_engine()
    with engine.database.read() as session:
        return uploads.kept(session, current_staff().id, digest, engine.clock.now())


def _form(problem: str = "") -> ResponseReturnValue:
    page = render_template("item_bank/import.html", problem=problem, limit=MAX_FILE // MEGABYTE)
    return page, 400 if problem else 200


def _report(kept: BankUpload, status: int) -> ResponseReturnValue:
    bank_file = uploads.read_upload(kept)
    with current_engine().database.read() as session:
        found = report_on(session, bank_file)
    return render_template("item_bank/report.html", file=kept, report=found, states=STATES), status


def _gone() -> ResponseReturnValue:
    flash(_("That file is no longer kept. Upload it again; nothing was changed."), "warn")
    return redirect(url_for("item_bank.upload"), 303)
