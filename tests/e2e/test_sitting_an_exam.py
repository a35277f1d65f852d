"""A candidate in a real browser: a whole exam by keyboard, reloads, lost lines, two computers."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, expect
from sqlalchemy import create_engine, select

from exam_engine.delivery.models import Attempt, LogEvent
from exam_engine.delivery.states import EventKind
from exam_engine.sittings.models import Admission, Candidate
from tests.e2e.people import begin, enter, new_page, on_question, press, saved, sign_in_staff
from tests.services.demo import Demo


def given_answers(demo: Demo, registration: str) -> dict[int | None, Any]:
    """The last answer to each item, straight from the log."""
    query = (
        select(LogEvent.item, LogEvent.value)
        .join(Attempt, Attempt.id == LogEvent.attempt_id)
        .join(Admission, Admission.id == Attempt.admission_id)
        .join(Candidate, Candidate.id == Admission.candidate_id)
        .where(Candidate.registration == registration, LogEvent.kind == EventKind.ANSWERED)
        .order_by(LogEvent.lane, LogEvent.seq)
    )
    engine = create_engine(demo.database_url)
    with engine.connect() as connection:
        found = {row.item: row.value for row in connection.execute(query)}
    engine.dispose()
    return found


def test_a_whole_exam_by_keyboard_alone(browser: Browser, demo: Demo, visitor: str) -> None:
    page = new_page(browser)
    begin(page, demo, visitor)
    for number in range(110):
        on_question(page, number + 1)
        page.locator("input[name=answer]").first.wait_for()
        page.keyboard.press("abcde"[number % 5])
        if number in (3, 50):
            page.keyboard.press("f")
        page.keyboard.press("ArrowRight")
    saved(page)
    page.keyboard.press("r")
    expect(page.locator("main")).to_contain_text("All 110 questions are answered.")
    expect(page.locator("main")).to_contain_text("2 questions are flagged")
    press(page, "Hand in")
    press(page, "Yes, hand in")
    expect(page.locator("main")).to_contain_text("You have handed in", timeout=10_000)
    expect(page.locator("main")).to_contain_text("Your result")
    expect(page.locator("main")).to_contain_text("Tes Wawasan Kebangsaan", timeout=10_000)
    assert len(given_answers(demo, visitor)) == 110
    page.context.close()


def test_a_reload_and_a_closed_page_resume_where_they_were(browser: Browser, demo: Demo, visitor: str) -> None:
    page = new_page(browser)
    begin(page, demo, visitor)
    page.keyboard.press("b")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    saved(page)
    page.reload()
    on_question(page, 2)
    expect(page.locator("input[name=answer]").nth(2)).to_be_checked()
    page.close()
    again = page.context.new_page()
    again.goto(f"{demo.url}/exam/")
    on_question(again, 2)
    again.keyboard.press("ArrowLeft")
    on_question(again, 1)
    expect(again.locator("input[name=answer]").nth(1)).to_be_checked()
    again.context.close()


def test_without_network_answers_are_kept_and_sent_later(browser: Browser, demo: Demo, visitor: str) -> None:
    page = new_page(browser)
    begin(page, demo, visitor)
    saved(page)
    page.context.set_offline(True)
    for letter in "abc":
        page.keyboard.press(letter)
        page.keyboard.press("ArrowRight")
    expect(page.locator("header")).to_contain_text("Kept on this device", timeout=20_000)
    assert len(given_answers(demo, visitor)) == 0
    page.context.set_offline(False)
    expect(page.locator("header")).to_contain_text("Saved", timeout=30_000)
    assert len(given_answers(demo, visitor)) == 3
    page.context.close()


def test_a_second_computer_takes_over_with_consent(browser: Browser, demo: Demo, visitor: str) -> None:
    first = new_page(browser)
    begin(first, demo, visitor)
    first.keyboard.press("d")
    saved(first)
    second = new_page(browser)
    enter(second, demo, visitor)
    expect(second.locator("main")).to_contain_text("The proctor must agree")
    proctor = sign_in_staff(new_page(browser), demo, "pengawas")
    proctor.goto(f"{demo.url}/proctor/sittings/{demo.sitting}")
    row = proctor.locator("tr", has_text=visitor)
    row.wait_for()
    proctor.locator(".wall-device").get_by_role("button").first.click()
    dialog = proctor.get_by_role("dialog")
    dialog.locator("textarea, input[type=text]").first.fill("Komputer pertama rusak")
    proctor.keyboard.press("Enter")
    expect(second.locator("main")).not_to_contain_text("The proctor must agree", timeout=5_000)
    expect(first.locator("main")).not_to_contain_text("Question", timeout=5_000)
    on_question(second, 1)
    expect(second.locator("input[name=answer]").nth(3)).to_be_checked()
    for page in (first, second, proctor):
        page.context.close()
