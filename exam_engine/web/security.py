"""Security headers, the session of forms, and the guard against forged requests.

Pages run no inline script, style or handler. A data block may carry the response's nonce (``csp_nonce``).
"""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.wrappers import Request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup

from exam_engine.app import engine_of
from exam_engine.wire import WIRE_PREFIX, is_wire

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


class _FormSession(SecureCookieSessionInterface):
    """The signed cookie that holds the token of forms; the wire has none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(WIRE_PREFIX):
            return None
        return super().open_session(app, request)


def init_app(app: Flask) -> None:
    """Install the session, the guard and the template names."""
    settings = engine_of(app).settings
    app.session_interface = _FormSession()
    app.config.update(
        SESSION_COOKIE_NAME="exam_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    guard = CSRFProtect(app)
    app.extensions["hsts"] = settings.secure_cookies
    app.jinja_env.globals["csrf_field"] = csrf_field
    app.context_processor(lambda: {"csp_nonce": _LazyNonce()})

    @app.before_request
    def _refuse_forgery() -> None:
        # The wire takes JSON only, which a foreign page cannot send without being asked first, and its cookie is
        # SameSite=Strict: see docs/wire.md.
        if not is_wire():
            guard.protect()


def csrf_field() -> Markup:
    """The hidden input every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def csp_nonce() -> str:
    """This response's nonce, made when first asked for."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


class _LazyNonce:
    """Prints the nonce; a page that never prints it gets no nonce in its policy."""

    def __str__(self) -> str:
        return csp_nonce()

    __html__ = __str__


def protect_data(response: Response) -> Response:
    """The few headers a JSON reply of the wire needs."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def protect_page(response: Response) -> Response:
    """The headers of everything else."""
    headers = protect_data(response).headers
    headers["Content-Security-Policy"] = content_security_policy()
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    if current_app.extensions["hsts"]:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def content_security_policy() -> str:
    """The policy of this response."""
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{nonce}",
            f"style-src 'self'{nonce}",
            "img-src 'self' data:",
            f"connect-src 'self'{_own_socket()}",
            "worker-src 'self'",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def _own_socket() -> str:
    """Older browsers do not count a WebSocket to the same host as 'self', so it is named."""
    scheme = "wss" if request.is_secure else "ws"
    return f" {scheme}://{request.host}" if _HOST.fullmatch(request.host) else ""
