"""The language of a page: chosen in this browser, else the member of staff's own, else what the browser asks for."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from flask import Flask, redirect, request
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response

from exam_engine.accounts import access
from exam_engine.app import current_engine, engine_of
from exam_engine.errors import InvalidInputError
from exam_engine.web.addresses import safe_next

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
COOKIE = "language"
# One way to write moments in both languages: the day before the month, the month in letters, 24 hours.
MOMENTS = {
    "date": "d MMM y",
    "time": "HH:mm",
    "datetime": "d MMM y HH:mm",
}
YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Install translations of the engine and of every mounted part, and ``POST /language``."""
    settings = engine_of(app).settings
    folders = [str(folder) for folder in translation_folders(("exam_engine", *settings.parts))]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    Babel(
        app,
        date_formats=_date_formats(),
        default_locale="en",
        default_timezone=settings.timezone,
        locale_selector=choose_language,
    )
    app.add_url_rule("/language", "language", set_language, methods=["POST"])
    app.context_processor(lambda: {"language": current_language(), "languages": LANGUAGES})


def _date_formats() -> dict[str, str]:
    """Flask-Babel's table: the default of each kind, and the patterns behind the names ``short`` to ``full``."""
    named = {
        f"{kind}.{length}": pattern + (":ss" if length != "short" and kind != "date" else "")
        for kind, pattern in MOMENTS.items()
        for length in ("short", "medium", "long", "full")
    }
    return dict.fromkeys(MOMENTS, "short") | named


def translation_folders(packages: tuple[str, ...]) -> list[Path]:
    """The folders of translations these packages bring, in order; those without are left out."""
    specs = (find_spec(package) for package in packages)
    folders = (Path(spec.origin).parent / "translations" for spec in specs if spec and spec.origin)
    return [folder for folder in folders if folder.is_dir()]


def choose_language() -> str:
    """The language of this request: cookie, staff's own setting, ``Accept-Language``, default."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    staff = access.staff_or_none()
    if staff is not None:
        return staff.language
    asked = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    spoken = (language for language in asked if language in LANGUAGES)
    return next(spoken, current_engine().settings.default_language)


def current_language() -> str:
    """The language in force, ``id`` or ``en``."""
    return str(get_locale().language)


def set_language() -> Response:
    """Keep the choice in this browser, and with the account when signed in."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise InvalidInputError(field="language", problem=wanted)
    access.remember_language(wanted)
    response = redirect(safe_next(request.form.get("next")))
    return keep_choice(response, wanted)


def keep_choice(response: Response, language: str) -> Response:
    """Set the cookie of the choice. Scripts may read it: the player speaks the same language."""
    secure = current_engine().settings.secure_cookies
    response.set_cookie(COOKIE, language, max_age=YEAR, secure=secure, samesite="Lax")
    return response
