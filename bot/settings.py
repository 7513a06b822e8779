"""Settings from the environment and `.env`; an unknown or wrong one is an error that names it."""

import difflib
import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Language = Literal["zh-hans", "zh-hant", "en"]


_zones = functools.cache(available_timezones)  # it reads some thousand file names


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("not an IANA time zone such as Asia/Shanghai")
    return name


def _web_address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return url.rstrip("/")


def _known_database(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("sqlite", "postgres")):
        raise ValueError("must start with sqlite:// or postgresql://")
    return url


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """Everything the operator may set. Each field is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="forbid", hide_input_in_errors=True)

    bot_token: SecretStr | None = Field(None, description="The bot's token from @BotFather. Needed by `run`.")
    bot_token_file: Path | None = Field(None, description="A file that holds BOT_TOKEN (Docker and systemd secrets).")
    bot_api_url: WebAddress = Field(
        "https://api.telegram.org",
        description="Base address of the Bot API; methods are at <base>/bot<token>/<method>.",
    )
    database_url: Annotated[SecretStr, AfterValidator(_known_database)] = Field(
        SecretStr("sqlite:///data/millet.db"),
        description="sqlite:///path/to/file.db, or postgresql://user:password@host/name.",
    )
    database_url_file: Path | None = Field(None, description="A file that holds DATABASE_URL.")
    webhook_url: WebAddress | None = Field(
        None, description="Public https address for Telegram's webhook. Unset: long polling, which needs no address."
    )
    webhook_secret: SecretStr | None = Field(
        None, description="Secret that Telegram sends with each webhook call. Unset: derived from BOT_TOKEN."
    )
    webhook_secret_file: Path | None = Field(None, description="A file that holds WEBHOOK_SECRET.")
    web_url: WebAddress | None = Field(
        None, description="Public https address of the repositories' webhooks and the digests' feeds. Unset: no web."
    )
    webhook_host: str = Field(
        "127.0.0.1", description="Address on which webhooks and web listen, behind your reverse proxy."
    )
    webhook_port: int = Field(8080, ge=1, le=65535, description="Port on which webhooks and web listen.")
    embeddings_url: WebAddress | None = Field(
        None, description="Base address of an OpenAI-compatible embeddings endpoint. It is sent what people suggest."
    )
    embeddings_model: str = Field("", description="Name of the endpoint's model, such as bge-m3.")
    embeddings_key: SecretStr | None = Field(None, description="The endpoint's key, where it wants one.")
    embeddings_key_file: Path | None = Field(None, description="A file that holds EMBEDDINGS_KEY.")
    phone_secret: SecretStr | None = Field(
        None,
        description="Key of the hashes of phone numbers, for communities that want a proof. Must never change.",
        min_length=16,
    )
    phone_secret_file: Path | None = Field(None, description="A file that holds PHONE_SECRET.")
    default_language: Language = Field("zh-hans", description="Language of a new community: zh-hans, zh-hant or en.")
    default_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "Asia/Shanghai", description="IANA time zone of a new community's weekly digest."
    )
    data_dir: Path = Field(
        Path("data"), description="Folder for the SQLite file and caches; made private to its owner."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much the log tells.")

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, values: dict[str, object]) -> dict[str, object]:
        for name in ("bot_token", "database_url", "webhook_secret", "embeddings_key", "phone_secret"):
            path = values.get(f"{name}_file")
            if path and values.get(name):
                raise ValueError(f"set {name.upper()} or {name.upper()}_FILE, not both")
            if path:
                values[name] = _read_secret(name, str(path))
        if values.get("embeddings_url") and not values.get("embeddings_model"):
            raise ValueError("EMBEDDINGS_URL needs EMBEDDINGS_MODEL: the name of the endpoint's model")
        return values


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf8").strip()
    except OSError as error:
        raise ValueError(f"{name.upper()}_FILE: {error.strerror}: {path}") from error


class SettingsError(Exception):
    """A setting is unknown or wrong; the message names each one and says what to do."""


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises SettingsError with one line for each that is unknown or wrong."""
    unknown = _unknown_names(environ)
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(unknown + [_complaint(e) for e in error.errors()])) from None
    if unknown:
        raise SettingsError("\n".join(unknown))
    return settings


def _complaint(error: Mapping[str, object]) -> str:
    location = error["loc"]
    name = str(location[0]).upper() if isinstance(location, tuple) and location else ""
    if error["type"] == "extra_forbidden":
        return _unknown(name)
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}" if name else message


def _unknown_names(environ: Mapping[str, str]) -> list[str]:
    """Names in the environment that are surely meant for us: MILLET_… or a slip of the pen in one of ours."""
    known = {name.upper() for name in Settings.model_fields}
    strange = (name for name in environ if name not in known)
    return [_unknown(n) for n in strange if n.startswith("MILLET_") or difflib.get_close_matches(n, known, 1, 0.9)]


def _unknown(name: str) -> str:
    known = [field.upper() for field in Settings.model_fields]
    close = difflib.get_close_matches(name.removeprefix("MILLET_"), known, 1, 0.6)
    hint = f" Did you mean {close[0]}?" if close else " `python -m bot config` lists those that exist."
    return f"{name}: there is no such setting.{hint}"


class Described(BaseModel):
    """One setting as `config` shows it; a secret's value is masked."""

    name: str
    value: str
    help: str


def describe(settings: Settings) -> list[Described]:
    """All settings with their values in force, secrets masked."""
    shown = []
    for field, info in Settings.model_fields.items():
        value = getattr(settings, field)
        shown.append(Described(name=field.upper(), value=_masked(value), help=info.description or ""))
    return shown


def _masked(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return secret if secret.startswith("sqlite") else "********"
    return str(value)
