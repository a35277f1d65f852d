"""The page of results of a sitting."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from exam_engine.accounts.models import Role
from exam_engine.sweeper import sweep
from tests import world
from tests.conftest import START, signed_in_client
from tests.world import Device


@pytest.mark.parametrize("rank_by", ["raw", "ability"])
@pytest.mark.parametrize("thresholds_on", ["raw", "ability"])
def test_a_threshold_is_drawn_and_marked_on_the_scale_it_stands_on(
    app: Flask, rank_by: str, thresholds_on: str
) -> None:
    page = results_of(app, rank_by=rank_by, thresholds_on=thresholds_on)
    drawn = re.findall(r'<line class="plot-threshold"[^>]*>\s*<text[^>]*>([^<]*)<', page)
    assert drawn == (["threshold 15"] if rank_by == thresholds_on else [])
    row = page.split("Peserta UJI-0001", 1)[1].split("</tr>", 1)[0]
    marked = [place for place, cell in enumerate(row.split("<td")[2:]) if "threshold " in cell]
    raw, ability, total, total_ability = 0, 1, 4, 5
    assert marked == ([raw, total] if thresholds_on == "raw" else [ability, total_ability])


def results_of(app: Flask, **rules: Any) -> str:
    """The page after one candidate has handed in."""
    built = world.build(app, candidates=1, **rules)
    device = Device.of(app)
    device.sign_in("UJI-0001")
    device.start()
    device.send(device.event("answered", START, 1, "A"), device.event("submitted", START))
    sweep(app)
    page = signed_in_client(app, Role.OFFICER).get(f"/sittings/{built.sitting_id}/results")
    assert page.status_code == 200
    return page.text
