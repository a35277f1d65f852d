"""A whole exam in the browser: nothing that the server sends a candidate tells a key, a weight or an explanation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Request, WebSocket, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from exam_engine.exams.models import PaperRow
from exam_engine.exams.paper import Paper
from exam_engine.sittings.models import Sitting
from tests.e2e.people import begin, new_page, on_question, press, saved
from tests.services.demo import Demo

# What an item's document calls its secrets; `score` and `max` belong to the result an exam may show.
SECRET_NAMES = {"key", "points", "weights", "explanation", "parameters", "model", "correct", "steps", "source"}


def paper_of(demo: Demo) -> Paper:
    """The paper of the sitting under way, with everything candidates must not see."""
    engine = create_engine(demo.database_url)
    with Session(engine) as session:
        paper = session.scalars(select(PaperRow).join(Sitting).where(Sitting.id == demo.sitting)).one().paper
    engine.dispose()
    return paper


def names_in(value: Any) -> Iterator[str]:
    """Every name of a field in a JSON value, however deep."""
    if isinstance(value, dict):
        yield from value
        for inside in value.values():
            yield from names_in(inside)
    if isinstance(value, list):
        for inside in value:
            yield from names_in(inside)


def json_of(text: str) -> Any:
    """The JSON in a reply or in a frame of the socket; None if there is none."""
    found = re.search(r"[\[{].*", text, re.S)
    try:
        return json.loads(found[0]) if found else None
    except json.JSONDecodeError:
        return None


def test_a_whole_exam_gives_nothing_away(browser: Browser, demo: Demo, visitor: str) -> None:
    page = new_page(browser)
    texts: dict[str, str] = {}
    frames: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: frames.append(str(frame)))

    def read(request: Request) -> None:
        reply = request.response()
        if reply is not None and reply.status < 300:
            texts[f"{request.url} ({len(texts)})"] = reply.text()

    page.on("requestfinished", read)
    page.on("websocket", listen)
    begin(page, demo, visitor)
    for number in range(110):
        on_question(page, number + 1)
        page.locator("input[name=answer]").first.wait_for()
        page.keyboard.press("a")
        page.keyboard.press("ArrowRight")
    saved(page)
    page.keyboard.press("r")
    press(page, "Hand in")
    press(page, "Yes, hand in")
    expect(page.locator("main")).to_contain_text("Your result")
    expect(page.locator("main table")).to_be_visible(timeout=10_000)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert sum("/paper?" in url for url in texts) >= 3
    assert any("/result" in url for url in texts) and frames

    paper = paper_of(demo)
    explanations = [item.explanation[:60] for item in paper.items if item.explanation]
    codes = [item.code for item in paper.items]
    assert len(explanations) == len(codes) == 110
    for where, text in [*texts.items(), *(("the socket", frame) for frame in frames)]:
        for secret in (*explanations, *codes):
            assert secret not in text, f"{where} tells {secret!r}"
        if "/exam/api/" in where or where == "the socket":
            assert not SECRET_NAMES & set(names_in(json_of(text))), where
    page.context.close()


def test_options_do_not_stand_in_the_banks_order(demo: Demo) -> None:
    """The letters candidates see say nothing about the key: in a paper they are as good as evenly spread."""
    paper = paper_of(demo)
    keys = [item.key for item in paper.items if item.key]
    assert max(keys.count(letter) for letter in "ABCDE") <= 0.4 * len(keys)
