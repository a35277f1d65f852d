"""The built browser clients: their addresses by name, and serving them fast.

Vite writes ``static/manifest.json`` (or ``static/.vite/manifest.json``) into each package; hashed files never change,
so browsers keep them for a year. Files lying beside them as ``.br`` or ``.gz`` are sent instead where accepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, send_file, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from exam_engine.app import engine_of
from exam_engine.errors import ExamEngineError

ENDPOINT = "static"
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "public, no-cache"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}


class ClientsNotBuiltError(ExamEngineError):
    """The browser clients have not been built, or lack the one asked for."""

    code = "clients.not_built"
    status = 500


@dataclass
class _Folder:
    """One package's static files, and its manifest as last read."""

    prefix: str
    path: Path
    read_at: float = 0.0
    manifest: dict[str, dict[str, Any]] | None = None
    hashed: frozenset[str] = frozenset()

    def refresh(self) -> dict[str, dict[str, Any]]:
        """The manifest, read anew when the file changed; empty when there is none."""
        source = self.path / "manifest.json"
        if not source.exists():
            source = self.path / ".vite" / "manifest.json"
        if not source.exists():
            return {}
        changed = source.stat().st_mtime
        if self.manifest is None or changed != self.read_at:
            chunks: dict[str, dict[str, Any]] = json.loads(source.read_text("utf-8"))
            self.hashed = frozenset(name for chunk in chunks.values() for name in _files_of(chunk))
            self.manifest, self.read_at = chunks, changed
        return self.manifest


class Assets:
    """The built files of the engine and of the parts."""

    def __init__(self, folders: dict[str, Path]) -> None:
        """``folders`` maps a part's name ("" for the engine) to its static files."""
        self._folders = {prefix: _Folder(prefix, path) for prefix, path in folders.items()}

    def url(self, name: str) -> str:
        """The address of an entry's script (``staff.js``) or of its first stylesheet (``staff.css``).

        Raises:
            ClientsNotBuiltError: no manifest knows it.
        """
        entry, _, kind = name.rpartition(".")
        if kind == "css":
            sheets = self.stylesheets(entry)
            if not sheets:
                raise ClientsNotBuiltError(name=name)
            return sheets[0]
        folder, key = self._find(entry)
        return self._address(folder, folder.refresh()[key]["file"])

    def stylesheets(self, entry: str) -> list[str]:
        """The addresses of an entry's stylesheets, those of what it imports first.

        Raises:
            ClientsNotBuiltError: no manifest knows the entry.
        """
        folder, key = self._find(entry)
        names = dict.fromkeys(_stylesheets(folder.refresh(), key))
        return [self._address(folder, name) for name in names]

    def serve(self, name: str) -> Response:
        """Send a file, compressed beforehand where that exists and is accepted.

        Raises:
            NotFound: there is no such file.
        """
        folder, inner = self._locate(name)
        path = safe_join(str(folder.path), inner)
        if path is None or not Path(path).is_file():
            raise NotFound
        folder.refresh()
        response = _send(Path(path))
        response.headers["Cache-Control"] = IMMUTABLE if inner in folder.hashed else REVALIDATE
        return response

    def serve_entry(self, entry: str) -> Response:
        """Send an entry's script from an address of one's own; the browser asks each time whether it changed.

        Raises:
            ClientsNotBuiltError: no manifest knows the entry.
        """
        folder, key = self._find(entry)
        return _send(folder.path / folder.refresh()[key]["file"])

    def read(self, name: str) -> str:
        """The text of a built file.

        Raises:
            ClientsNotBuiltError: there is no such file.
        """
        folder, inner = self._locate(name)
        try:
            return (folder.path / inner).read_text("utf-8")
        except FileNotFoundError as error:
            raise ClientsNotBuiltError(name=name) from error

    def _find(self, entry: str) -> tuple[_Folder, str]:
        for folder in self._folders.values():
            for key, chunk in folder.refresh().items():
                if chunk.get("isEntry") and chunk.get("name", Path(key).stem) == entry:
                    return folder, key
        raise ClientsNotBuiltError(name=entry)

    def _locate(self, name: str) -> tuple[_Folder, str]:
        prefix, _, inner = name.partition("/")
        if prefix and prefix in self._folders:
            return self._folders[prefix], inner
        return self._folders[""], name

    def _address(self, folder: _Folder, file: str) -> str:
        name = f"{folder.prefix}/{file}" if folder.prefix else file
        return url_for(ENDPOINT, name=name)


def init_app(app: Flask) -> None:
    """Serve ``/static/`` and give templates ``asset()`` and ``stylesheets()``."""
    parts = engine_of(app).settings.parts
    packages = {"": "exam_engine", **{part: part for part in parts}}
    app.extensions["assets"] = Assets(
        {prefix: _package_folder(package) / "static" for prefix, package in packages.items()}
    )
    app.add_url_rule("/static/<path:name>", ENDPOINT, lambda name: _assets().serve(name))
    app.jinja_env.globals["asset"] = lambda name: _assets().url(name)
    app.jinja_env.globals["stylesheets"] = lambda entry: _assets().stylesheets(entry)


def is_asset() -> bool:
    """Whether this request is for a built file."""
    return request.endpoint == ENDPOINT


def _assets() -> Assets:
    assets: Assets = current_app.extensions["assets"]
    return assets


def _package_folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


def _files_of(chunk: dict[str, Any]) -> Iterator[str]:
    yield chunk["file"]
    yield from chunk.get("css", ())
    yield from chunk.get("assets", ())


def _stylesheets(manifest: dict[str, dict[str, Any]], key: str) -> Iterator[str]:
    chunk = manifest[key]
    for imported in chunk.get("imports", ()):
        yield from _stylesheets(manifest, imported)
    if chunk["file"].endswith(".css"):
        yield chunk["file"]
    yield from chunk.get("css", ())


def _send(path: Path) -> Response:
    kind = TYPES.get(path.suffix, "application/octet-stream")
    for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
        packed = path.with_name(path.name + suffix)
        if request.accept_encodings.quality(encoding) > 0 and packed.is_file():
            response = send_file(packed, mimetype=kind)
            response.headers["Content-Encoding"] = encoding
            break
    else:
        response = send_file(path, mimetype=kind)
    response.headers["Vary"] = "Accept-Encoding"
    return response
