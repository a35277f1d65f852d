"""The ground every page stands on: errors, language, security headers, assets, navigation, compression.

Candidates' devices send `/exam/api/events` thousands of times a second, so all hooks begin by letting the wire
through (`is_wire`): it needs no session, no translation, no page headers; only a paper is worth compressing.
"""

from __future__ import annotations

from flask import Flask, Response
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from exam_engine import health, logs, metrics
from exam_engine.app import engine_of
from exam_engine.web import addresses, assets, errors, language, look, navigation, security
from exam_engine.wire import is_wire

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
COMPRESS_FROM_BYTES = 1024


def init_app(app: Flask) -> None:
    """Install the ground on an app that carries its `Engine`."""
    settings = engine_of(app).settings
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_UPLOAD_BYTES,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_MIN_SIZE=COMPRESS_FROM_BYTES,
        COMPRESS_STREAMS=False,
        COMPRESS_REGISTER=False,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    logs.init_app(app)
    metrics.init_app(app)
    errors.init_app(app)
    security.init_app(app)
    language.init_app(app)
    look.init_app(app)
    assets.init_app(app)
    navigation.init_app(app)
    app.jinja_env.globals["page_address"] = addresses.page_address
    health.init_app(app)
    compress = Compress(app)

    @app.after_request
    def _finish(response: Response) -> Response:
        if is_wire():
            security.protect_data(response)
            large = (response.content_length or 0) > COMPRESS_FROM_BYTES
            return compress.after_request(response) if large else response
        security.protect_page(response)
        return response if assets.is_asset() else compress.after_request(response)
