"""``docs/settings.md`` and the profiles under ``config/`` agree with `Settings`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined

from exam_engine.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "settings.md"
PROFILES = sorted((ROOT / "config").rglob("*.toml"))
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| `(\w+)` \| (\S[^|]*) \|$", re.MULTILINE)
SECRET = "only-for-tests-" * 4


@pytest.fixture(scope="module")
def rows() -> dict[str, tuple[str, str, str]]:
    """Type, default and variable of every row of the page, by setting."""
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {name: (kind, default, variable) for name, kind, default, variable, _ in found}


def test_every_setting_is_listed_and_no_other(rows: dict[str, tuple[str, str, str]]) -> None:
    assert list(rows) == list(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_default_is_the_one_told(rows: dict[str, tuple[str, str, str]], name: str) -> None:
    told = rows[name][1]
    assert told == _shown(Settings.model_fields[name].get_default())


def _shown(default: Any) -> str:
    if default is PydanticUndefined:
        return "none: it must be given"
    if default is None:
        return "nothing"
    plain = str(default) if isinstance(default, Path) else default
    return f"`{json.dumps(plain)}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_words_and_numbers_a_setting_allows_are_told(
    rows: dict[str, tuple[str, str, str]], name: str
) -> None:
    told = rows[name][0]
    schema = Settings.model_json_schema()["properties"][name]
    if "enum" in schema:
        assert told == ", ".join(f"`{word}`" for word in schema["enum"])
    if "minimum" in schema:
        least, most = schema["minimum"], schema.get("maximum")
        assert told == (f"{least} or more" if most is None else f"{least} to {most}")


@pytest.mark.parametrize("name", [each for each in Settings.model_fields if each != "profile"])
def test_the_variable_is_the_one_that_is_read(
    rows: dict[str, tuple[str, str, str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "parts": '["proctoring"]',
        "database_pool": "9",
        "secret_key": SECRET[::-1],
        "port": "9",
        "behind_proxy": "true",
        "secure_cookies": "false",
        "demo": "true",
        "second_factor": "optional",
        "staff_idle_minutes": "9",
        "staff_session_hours": "9",
        "default_language": "en",
        "timezone": "Asia/Jayapura",
        "log_format": "json",
        "log_level": "ERROR",
        "group_size": "9",
        "silence_seconds": "9",
        "metrics": "false",
    }
    monkeypatch.setenv("EXAM_ENGINE_SECRET_KEY", SECRET)
    overrides = {} if name == "demo" else {"demo": True}
    before = load_settings("embedded", **overrides)
    monkeypatch.setenv(rows[name][2], given.get(name, "localhost"))
    assert getattr(load_settings("embedded", **overrides), name) != getattr(before, name)


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.name)
def test_every_profile_can_be_used(path: Path) -> None:
    settings = load_settings(str(path), secret_key=SECRET)
    assert settings.profile == path.stem
    for part in settings.parts:
        assert (ROOT / part / "__init__.py").is_file()


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.name)
def test_no_profile_holds_a_secret(path: Path) -> None:
    settings = load_settings(str(path), secret_key=SECRET)
    assert settings.secret_key.get_secret_value() == SECRET
    # The demo's password is public, and the demo listens on loopback only.
    assert settings.demo or settings.demo_password is None
    assert settings.database_url is None or "@" not in settings.database_url
