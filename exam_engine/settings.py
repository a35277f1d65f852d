"""Settings of an installation: a TOML profile under ``config/``, ``EXAM_ENGINE_*`` variables, the command line.

The later beats the earlier: who types a command means what they type.
"""

from __future__ import annotations

import os
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnreadableError

from exam_engine.errors import ExamEngineError

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsError(ExamEngineError):
    """The profile or the environment holds a setting that cannot be used."""

    code = "settings.invalid"


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < 32:
        raise ValueError("must have at least 32 characters")
    return secret


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not the name of a time zone")
    return name


# An empty line in a file of variables means that nothing is set.
Address = Annotated[str | None, BeforeValidator(lambda text: text or None)]


class Settings(BaseSettings):
    """All settings, typed. ``docs/settings.md`` describes each; a test holds the two together."""

    model_config = SettingsConfigDict(env_prefix="EXAM_ENGINE_", env_ignore_empty=True, extra="forbid", frozen=True)

    profile: str = Field("embedded", description="name of the profile these settings came from")
    parts: tuple[str, ...] = Field(
        ("item_bank", "proctoring"), description="packages to mount above the engine"
    )
    data_dir: Path = Field(Path("data"), description="where the embedded database lives")
    database_url: Address = Field(
        None, description="SQLAlchemy URL; unset means SQLite inside data_dir"
    )
    database_pool: int = Field(8, ge=2, le=200, description="connections kept per worker process")
    redis_url: Address = Field(None, description="Redis for several workers; unset means one")
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        ..., description="signs cookies and device tokens; at least 32 characters"
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 picks a free one")
    behind_proxy: bool = Field(False, description="trust X-Forwarded-* of one reverse proxy")
    secure_cookies: bool = Field(True, description="send cookies over HTTPS only")
    demo: bool = Field(False, description="demo accounts; refuses to run outside loopback")
    demo_password: SecretStr | None = Field(None, description="password of all demo accounts")
    second_factor: Literal["required", "optional"] = Field(
        "required", description="whether staff must have a second factor"
    )
    staff_idle_minutes: int = Field(30, ge=1, description="staff are signed out after this idle")
    staff_session_hours: int = Field(10, ge=1, description="staff sign in anew after this long")
    default_language: Literal["id", "en"] = Field("id", description="language before a choice")
    timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "Asia/Jakarta", description="time zone in which staff pages show times"
    )
    log_format: Literal["console", "json"] = Field("console", description="how log lines look")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least level that is logged"
    )
    group_size: int = Field(256, ge=1, description="most batches in one commit of the answer log")
    silence_seconds: int = Field(45, ge=5, description="no sign of a device for this long is silence")
    metrics: bool = Field(True, description="serve /metrics to loopback addresses")

    @property
    def effective_database_url(self) -> str:
        """The URL in force: the one set, or SQLite inside ``data_dir``."""
        return self.database_url or f"sqlite:///{self.data_dir / 'exam-engine.sqlite3'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # `load_settings` puts the sources in order; what it passes is all there is.
        return (init_settings,)


def read_profile(name_or_path: str) -> dict[str, Any]:
    """The raw values of a bundled profile (by name) or of a TOML file (by path).

    Raises:
        SettingsError: there is no such profile, or it is not TOML.
    """
    path = Path(name_or_path)
    is_path = path.suffix == ".toml"
    try:
        if is_path:
            text = path.read_text("utf-8")
        else:
            text = resources.files("config").joinpath(f"{name_or_path}.toml").read_text("utf-8")
        return {"profile": path.stem if is_path else name_or_path, **tomllib.loads(text)}
    except FileNotFoundError as error:
        raise SettingsError(field="profile", problem=f"no profile {name_or_path!r}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(field="profile", problem=f"{name_or_path}: {error}") from error


def load_settings(profile: str | None = None, **overrides: Any) -> Settings:
    """Settings from the profile (default: ``EXAM_ENGINE_PROFILE`` or ``embedded``), environment and ``overrides``.

    ``overrides`` are what the command line says: they beat the environment, which beats the profile.

    Raises:
        SettingsError: a value is missing or cannot be; its field is named.
    """
    written = read_profile(profile or os.environ.get("EXAM_ENGINE_PROFILE") or "embedded")
    try:
        values = written | EnvSettingsSource(Settings)() | {"profile": written["profile"]} | overrides
        settings = Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(field=field, problem=first["msg"]) from error
    except UnreadableError as error:
        raise SettingsError(field="environment", problem=str(error)) from error
    if settings.demo_password is not None and not settings.demo:
        raise SettingsError(field="demo_password", problem="belongs to the demo only")
    if settings.demo and settings.host not in LOOPBACK:
        raise SettingsError(field="host", problem="the demo listens on loopback addresses only")
    return settings
