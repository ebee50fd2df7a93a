"""Every `MYSAPK_*` variable: typed, documented, and checked together at start.

`get_settings()` raises `SettingsError` with one clear line per fault, so that a portal with a weak secret or half a mail
configuration never starts.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mysapk_web.limit_settings import LimitSettings

MIN_SECRET_LENGTH = 32
"""Characters; 32 of a random URL-safe text are more than 128 bits (ASVS 11.5.1)."""

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsError(Exception):
    """`.faults` holds one line for each reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(LimitSettings):
    """Every field is the variable `MYSAPK_<NAME>`; the docstring below it is its help."""

    model_config = SettingsConfigDict(
        env_prefix="MYSAPK_", env_file=".env", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    secret_key: SecretStr = SecretStr("")
    """Key behind reset tokens, signed links and the password pepper. At least 32 random characters; made in demo mode."""
    public_url: str = ""
    """Address under which people reach the portal, without a path. Links in mails and the Host and Origin checks use only this."""
    host: str = "127.0.0.1"
    """Address the server listens on."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """Port the server listens on."""
    database_url: str = "sqlite:///var/mysapk.db"
    """SQLAlchemy URL: `sqlite:///path` or `postgresql+psycopg://user:password@host/name`."""
    redis_url: SecretStr | None = None
    """Redis for the state of several workers; without it one worker keeps the state in memory."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Server processes. More than one needs Redis and PostgreSQL."""
    demo: bool = False
    """Fill an empty database with the synthetic agency, show demo accounts and `/demo/surat`. Never on a real portal."""

    mail_backend: Literal["smtp", "file", "console"] = "file"
    """Where mails go."""
    mail_from: str = "MySAPK Web <no-reply@mysapk.example.go.id>"
    """Sender of every mail."""
    mail_dir: Path = Path("var/mail")
    """Folder of the `file` backend, one `.eml` a message."""
    smtp_host: str = ""
    """Mail server."""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Port of the mail server."""
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    """Encryption to the mail server."""
    smtp_username: str = ""
    """Login at the mail server; empty: none."""
    smtp_password: SecretStr = SecretStr("")
    """Password at the mail server."""
    smtp_timeout: Annotated[float, Field(gt=0, le=300)] = 20.0
    """Seconds to wait for the mail server at each step."""

    document_dir: Path = Path("var/documents")
    """Folder of the uploaded documents."""
    document_trash_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Documents that nobody needs stay in the trash of that folder for so many days."""
    bcrypt_cost: Annotated[int, Field(ge=4, le=16)] = 12
    """Work factor of the password hash; below 10 only in demo mode and tests (ASVS 11.4.2)."""
    token_minutes: Annotated[int, Field(ge=1, le=60)] = 30
    """Life of a reset token, minutes."""
    password_min_length: Annotated[int, Field(ge=6, le=64)] = 6
    """Least length of a password, characters; 12 for accounts with a role whatever stands here."""
    session_idle_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    """A session without any act ends after so many minutes."""
    session_hours: Annotated[int, Field(ge=1, le=24)] = 8
    """Every session ends after so many hours."""
    trusted_proxies: Annotated[int, Field(ge=0, le=8)] = 0
    """How many reverse proxies stand in front; the client address is taken so many steps from the right of X-Forwarded-For."""
    log_format: Literal["text", "json"] = "text"
    """Form of the log lines."""
    recovery_answer: Literal["neutral", "explicit"] = "neutral"
    """`neutral`: one answer whether NIP and e-mail match or not. `explicit`: the messages of the original portal."""

    @field_validator("public_url")
    @classmethod
    def _bare_origin(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value.strip().rstrip("/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.username:
            raise ValueError("must be http(s)://host[:port] without a path")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("public_url"):
            data = {**data, "public_url": f"http://localhost:{data.get('port') or 8000}"}
        return data

    @model_validator(mode="after")
    def _together(self) -> Settings:
        faults = [line for line in self._faults() if line]
        if faults:
            raise SettingsError(faults)
        return self

    def _faults(self) -> list[str]:
        """Combinations that must not start."""
        faults: list[str] = []
        if len(self.secret_key.get_secret_value()) < MIN_SECRET_LENGTH:
            faults.append(
                f"MYSAPK_SECRET_KEY: needs at least {MIN_SECRET_LENGTH} random characters "
                "(python -c 'import secrets; print(secrets.token_urlsafe(48))')."
            )
        if len(set(self.secret_key.get_secret_value())) < 10 and self.secret_key.get_secret_value():
            faults.append("MYSAPK_SECRET_KEY: too few different characters to be random.")
        if not self.demo and not self.https and self.hostname not in LOOPBACK_HOSTS:
            faults.append("MYSAPK_PUBLIC_URL: a portal that others reach must be https.")
        if not self.demo and self.bcrypt_cost < 10:
            faults.append("MYSAPK_BCRYPT_COST: below 10 only in demo mode.")
        faults += self._mail_faults() + self.limit_faults()
        if self.workers > 1 and self.redis_url is None:
            faults.append("MYSAPK_WORKERS: more than one worker needs MYSAPK_REDIS_URL.")
        if self.workers > 1 and self.database_url.startswith("sqlite"):
            faults.append("MYSAPK_WORKERS: more than one worker needs PostgreSQL in MYSAPK_DATABASE_URL.")
        if not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            faults.append("MYSAPK_DATABASE_URL: must begin with sqlite:/// or postgresql+psycopg://.")
        return faults

    def _mail_faults(self) -> list[str]:
        faults: list[str] = []
        if self.mail_backend == "smtp" and not self.smtp_host:
            faults.append("MYSAPK_SMTP_HOST: needed with MYSAPK_MAIL_BACKEND=smtp.")
        if "@" not in parseaddr(self.mail_from)[1] or "\n" in self.mail_from or "\r" in self.mail_from:
            faults.append("MYSAPK_MAIL_FROM: must contain one address, such as `MySAPK Web <no-reply@instansi.go.id>`.")
        if self.smtp_username and self.smtp_security == "none" and self.smtp_host not in LOOPBACK_HOSTS:
            faults.append("MYSAPK_SMTP_SECURITY: a login must not travel unencrypted; use starttls or tls.")
        return faults

    @property
    def https(self) -> bool:
        """Decides `Secure`, `__Host-` and HSTS."""
        return self.public_url.startswith("https://")

    @property
    def hostname(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    @cached_property
    def origins(self) -> frozenset[str]:
        """The public origin, and on a loopback address its other spellings."""
        if self.hostname not in LOOPBACK_HOSTS:
            return frozenset({self.public_url})
        parts = urlsplit(self.public_url)
        port = f":{parts.port}" if parts.port else ""
        return frozenset(f"{parts.scheme}://{host}{port}" for host in ("localhost", "127.0.0.1", "[::1]"))

    def key(self, purpose: str) -> bytes:
        """A 256-bit key for one purpose, derived from the secret key."""
        import hashlib
        import hmac

        return hmac.digest(self.secret_key.get_secret_value().encode(), b"mysapk/" + purpose.encode(), hashlib.sha256)


def field_names() -> list[str]:
    """In display order: the limits last."""
    return sorted(Settings.model_fields, key=lambda name: name in LimitSettings.model_fields)


def describe() -> list[tuple[str, str, str]]:
    """Every variable as (name, default, help); secrets without a default."""
    rows = []
    for name in field_names():
        field = Settings.model_fields[name]
        default = "" if isinstance(field.default, SecretStr) or field.default in (None, ()) else str(field.default)
        rows.append((f"MYSAPK_{name.upper()}", default, field.description or ""))
    return rows


def demo_secret(folder: Path = Path("var")) -> str:
    """Created once under `var/`, mode 0600."""
    path = folder / "demo-secret"
    if path.exists():
        return path.read_text().strip()
    folder.mkdir(parents=True, exist_ok=True)
    value = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(value + "\n")
    return value


def read_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read and check the settings; `overrides` by field name win over environment and `.env`.

    Raises:
        SettingsError: With one line for each fault.
    """
    values = dict(overrides or {})
    try:
        probe = _Probe()
        if values.get("demo", probe.demo) and not (values.get("secret_key") or probe.secret_key):
            values["secret_key"] = demo_secret()
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(
            [f"MYSAPK_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}." for e in error.errors()]
        ) from None


class _Probe(BaseSettings):
    """Reads only what decides whether a secret has to be created."""

    model_config = SettingsConfigDict(env_prefix="MYSAPK_", env_file=".env", extra="ignore")
    demo: bool = False
    secret_key: str = ""


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Read once per process. Raises as `read_settings`."""
    return read_settings()
