"""Built clients: found by name, kept by browsers, sent compressed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from exam_engine.web.assets import Assets, ClientsNotBuiltError
from tests.conftest import StaffClient

MANIFEST = {
    "src/staff/main.ts": {
        "file": "assets/staff-a1.js",
        "name": "staff",
        "isEntry": True,
        "imports": ["_shared.js"],
        "css": ["assets/staff-b2.css"],
    },
    "_shared.js": {"file": "assets/shared-c3.js", "css": ["assets/shared-d4.css"]},
}


@pytest.fixture
def assets(app: Flask, tmp_path: Path) -> Assets:
    engine, part = tmp_path / "engine", tmp_path / "part"
    for folder, manifest in ((engine, MANIFEST), (part, wall_manifest())):
        (folder / "assets").mkdir(parents=True)
        (folder / "manifest.json").write_text(json.dumps(manifest))
    (engine / "assets" / "staff-a1.js").write_text("plain")
    (engine / "assets" / "staff-a1.js.br").write_text("brotli")
    (engine / "assets" / "staff-a1.js.gz").write_text("gzip")
    (engine / "loose.txt").write_text("loose")
    (tmp_path / "secret.txt").write_text("secret")
    app.extensions["assets"] = Assets({"": engine, "proctoring": part})
    built: Assets = app.extensions["assets"]
    return built


def wall_manifest() -> dict[str, object]:
    return {"src/wall/main.ts": {"file": "assets/wall-e5.js", "name": "wall", "isEntry": True}}


def test_entries_are_found_by_name_in_the_engine_and_in_parts(app: Flask, assets: Assets) -> None:
    with app.test_request_context():
        assert assets.url("staff.js") == "/static/assets/staff-a1.js"
        assert assets.url("wall.js") == "/static/proctoring/assets/wall-e5.js"
        assert assets.stylesheets("staff") == [
            "/static/assets/shared-d4.css",
            "/static/assets/staff-b2.css",
        ]


def test_a_client_that_was_not_built_is_named(app: Flask, assets: Assets) -> None:
    with app.test_request_context(), pytest.raises(ClientsNotBuiltError) as missing:
        assets.url("player.js")
    assert missing.value.params == {"name": "player"}


def test_a_new_build_is_seen_without_a_restart(app: Flask, assets: Assets, tmp_path: Path) -> None:
    with app.test_request_context():
        assets.url("staff.js")
        manifest = tmp_path / "engine" / "manifest.json"
        manifest.write_text(manifest.read_text().replace("staff-a1", "staff-z9"))
        assert assets.url("staff.js").endswith("staff-z9.js")


@pytest.mark.parametrize(
    ("accepted", "body"), [("gzip, br", b"brotli"), ("gzip", b"gzip"), ("br;q=0", b"plain"), ("", b"plain")]
)
def test_files_compressed_beforehand_are_sent_where_accepted(
    client: StaffClient, assets: Assets, accepted: str, body: bytes
) -> None:
    reply = client.get("/static/assets/staff-a1.js", headers={"Accept-Encoding": accepted})
    assert reply.data == body
    assert reply.content_type == "text/javascript; charset=utf-8"
    assert reply.headers["Vary"] == "Accept-Encoding"


def test_hashed_files_are_kept_for_a_year_and_others_asked_for_again(
    client: StaffClient, assets: Assets
) -> None:
    assert "immutable" in client.get("/static/assets/staff-a1.js").headers["Cache-Control"]
    assert "no-cache" in client.get("/static/loose.txt").headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/none.js"])
def test_nothing_outside_the_folder_is_sent(client: StaffClient, assets: Assets, path: str) -> None:
    assert client.get(path).status_code == 404
