"""The look a person chose in this browser, so that the first paint is right without a script."""

from __future__ import annotations

from flask import Flask, request
from markupsafe import Markup

CHOICES = {"theme": ("light", "dark"), "contrast": ("high",)}


def init_app(app: Flask) -> None:
    """Give templates ``look_attributes()`` for the root element."""
    app.jinja_env.globals["look_attributes"] = look_attributes


def look_attributes() -> Markup:
    """``data-theme`` and ``data-contrast`` as chosen; without a choice the device's own settings rule."""
    chosen = {name: request.cookies.get(name) for name in CHOICES}
    return Markup("").join(
        Markup(' data-{}="{}"').format(name, value)
        for name, value in chosen.items()
        if value in CHOICES[name]
    )
