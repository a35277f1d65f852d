"""The pages of results: table, export, record, scoring anew."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from exam_engine import audit
from exam_engine.accounts.access import current_actor, requires
from exam_engine.accounts.models import Role
from exam_engine.app import current_engine
from exam_engine.errors import NotFoundError
from exam_engine.exams.definition import ExamDefinition
from exam_engine.results import export
from exam_engine.results.distribution import Distribution, distribution
from exam_engine.results.ranking import ResultLine, result_lines
from exam_engine.results.record import read_record
from exam_engine.scoring.operations import rescore_sitting
from exam_engine.sittings.models import Admission
from exam_engine.sittings.operations import find

FORMATS = {
    "csv": (export.to_csv, "text/csv; charset=utf-8"),
    "xlsx": (export.to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@requires(Role.OFFICER, Role.ANALYST)
def results(sitting_id: int) -> str:
    """GET /sittings/<id>/results"""
    engine = current_engine()
    with engine.database.read() as session:
        sitting = find(session, sitting_id)
        definition = sitting.exam.definition
        lines = result_lines(session, sitting_id, definition)
        paper = engine.papers.paper(sitting.paper_id)
    simulated = any(item.parameters and item.parameters.source == "simulated" for item in paper.items)
    return render_template(
        "results/results.html",
        sitting=sitting,
        definition=definition,
        lines=lines,
        scored=sum(line.score is not None for line in lines),
        plots=_plots(definition, lines),
        simulated=simulated,
    )


@requires(Role.OFFICER, Role.ANALYST)
def download(sitting_id: int, form: str) -> Response:
    """GET /sittings/<id>/results.<csv|xlsx>"""
    if form not in FORMATS:
        raise NotFoundError
    engine = current_engine()
    with engine.database.transaction() as session:
        sitting = find(session, sitting_id)
        lines = result_lines(session, sitting_id, sitting.exam.definition)
        audit.record(
            session, engine.clock.now(), current_actor(), "results.exported", "sitting", sitting_id, format=form
        )
    write, mimetype = FORMATS[form]
    response = Response(write(lines, sitting.exam.definition), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="results-{sitting_id}.{form}"'
    return response


@requires(Role.OFFICER, Role.AUDITOR)
def record(sitting_id: int, attempt_id: int) -> str:
    """GET /sittings/<id>/attempts/<id>: the record. Looking at it is itself recorded: it shows keys."""
    engine = current_engine()
    with engine.database.transaction() as session:
        found = read_record(session, engine, sitting_id, attempt_id)
        admission = session.get_one(Admission, found.attempt.admission_id)
        audit.record(
            session, engine.clock.now(), current_actor(), "record.viewed", "attempt", attempt_id
        )
        sitting = find(session, sitting_id)
    return render_template(
        "results/record.html",
        record=found,
        admission=admission,
        sitting=sitting,
        definition=sitting.exam.definition,
    )


@requires(Role.OFFICER)
def rescore(sitting_id: int) -> ResponseReturnValue:
    """POST /sittings/<id>/results/rescored"""
    reason = request.form.get("reason", "").strip()
    count = rescore_sitting(current_app, sitting_id, current_actor(), reason)
    flash(_("%(count)s attempts are being scored anew from the log.", count=count), "good")
    return redirect(url_for("results.results", sitting_id=sitting_id))


def _plots(definition: ExamDefinition, lines: list[ResultLine]) -> list[Distribution]:
    language = str(get_locale())
    by_ability = definition.rank_by == "ability"
    first = definition.classes[0].thresholds
    plots = []
    for domain in definition.domains:
        found = [score for line in lines if (score := line.domain(domain.code)) is not None]
        values = [score.ability if by_ability else score.raw for score in found]
        scale = definition.reporting
        low, high = (scale.minimum, scale.maximum) if by_ability else (0.0, domain.max_raw)
        plots.append(
            distribution(
                domain.name.in_language(language),
                [value for value in values if value is not None],
                low,
                high,
                # The line has a place only on the scale the thresholds stand on.
                first.get(domain.code) if definition.thresholds_on == definition.rank_by else None,
            )
        )
    return plots
