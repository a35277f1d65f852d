"""Where settings come from, and what beats what."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from exam_engine.demo.cli import demo
from exam_engine.settings import SettingsError, load_settings

SECRET = "only-for-tests-" * 4


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAM_ENGINE_SECRET_KEY", SECRET)


def test_the_environment_beats_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings("production").log_format == "json"
    monkeypatch.setenv("EXAM_ENGINE_LOG_FORMAT", "console")
    assert load_settings("production").log_format == "console"


def test_the_command_line_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAM_ENGINE_PORT", "8001")
    monkeypatch.setenv("EXAM_ENGINE_PROFILE", "production")
    settings = load_settings("embedded", port=8002)
    assert (settings.port, settings.profile) == (8002, "embedded")


@pytest.mark.parametrize("name", ["database_url", "redis_url"])
def test_an_empty_address_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"EXAM_ENGINE_{name.upper()}", "")
    assert getattr(load_settings("embedded"), name) is None
    monkeypatch.delenv(f"EXAM_ENGINE_{name.upper()}")
    assert getattr(load_settings("embedded", **{name: ""}), name) is None


def test_an_empty_variable_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAM_ENGINE_PROFILE", "")
    monkeypatch.setenv("EXAM_ENGINE_PARTS", "")
    settings = load_settings()
    assert (settings.profile, settings.parts) == ("embedded", ("item_bank", "proctoring"))


def test_a_list_that_is_no_json_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAM_ENGINE_PARTS", "proctoring")
    with pytest.raises(SettingsError) as refusal:
        load_settings("embedded")
    assert "parts" in str(refusal.value.params["problem"])


@pytest.mark.parametrize("name", ["EXAM_ENGINE_DATABASE_URL", "EXAM_ENGINE_REDIS_URL"])
def test_the_demo_keeps_away_from_a_real_installation(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, "postgresql+psycopg://127.0.0.1:1/real")
    done = CliRunner().invoke(demo, ["--data-dir", str(tmp_path / "demo"), "--port", "0"])
    assert done.exit_code == 1
    assert name in done.output
    assert not (tmp_path / "demo").exists()
