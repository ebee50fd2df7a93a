"""A portal with a fault in its settings never starts, and each fault is one line that says what to do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.settings import Settings, SettingsError, demo_secret, describe

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"


def made(**values: Any) -> Settings:
    return Settings(_env_file=None, **{"secret_key": SECRET, **values})


def faults(**values: Any) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        made(**values)
    return refused.value.faults


@pytest.mark.parametrize(
    ("values", "variable"),
    [
        ({"secret_key": ""}, "MYSAPK_SECRET_KEY"),
        ({"secret_key": "short"}, "MYSAPK_SECRET_KEY"),
        ({"secret_key": "a" * 64}, "MYSAPK_SECRET_KEY"),
        ({"public_url": "http://mysapk.example.go.id"}, "MYSAPK_PUBLIC_URL"),
        ({"bcrypt_cost": 8}, "MYSAPK_BCRYPT_COST"),
        ({"mail_backend": "smtp"}, "MYSAPK_SMTP_HOST"),
        ({"mail_from": "MySAPK Web"}, "MYSAPK_MAIL_FROM"),
        ({"mail_from": "a@example.go.id\nBcc: b@example.com"}, "MYSAPK_MAIL_FROM"),
        ({"smtp_username": "u", "smtp_security": "none", "smtp_host": "mail.example.go.id"}, "MYSAPK_SMTP_SECURITY"),
        ({"workers": 2}, "MYSAPK_WORKERS"),
        ({"database_url": "mysql://x"}, "MYSAPK_DATABASE_URL"),
    ],
)
def test_each_fault_names_its_variable(values: dict[str, Any], variable: str) -> None:
    assert any(line.startswith(f"{variable}: ") and "\n" not in line for line in faults(**values))


def test_all_faults_come_together() -> None:
    assert len(faults(secret_key="", bcrypt_cost=4, mail_backend="smtp")) == 3


def test_no_fault_shows_the_secret() -> None:
    assert "tiny-secret" not in "".join(faults(secret_key="tiny-secret"))
    assert SECRET not in repr(made())


def test_the_public_url_follows_the_port() -> None:
    assert made(port=8123).public_url == "http://localhost:8123"


def test_a_loopback_address_has_its_other_spellings_and_no_other_address_has() -> None:
    assert "http://127.0.0.1:8000" in made().origins
    assert made(public_url="https://mysapk.example.go.id").origins == {"https://mysapk.example.go.id"}


@given(st.text(min_size=1, max_size=40))
def test_a_public_url_is_a_bare_origin_or_refused(text: str) -> None:
    try:
        settings = made(public_url=text, demo=True)
    except (SettingsError, ValueError):
        return
    assert settings.public_url.count("/") == 2
    assert settings.public_url.startswith(("http://", "https://"))


def test_keys_differ_by_purpose_and_secret() -> None:
    first = made()
    assert first.key("reset-token") != first.key("totp")
    assert first.key("totp") != made(secret_key=SECRET[::-1]).key("totp")
    assert len(first.key("totp")) == 32


def test_the_demo_secret_is_made_once_and_kept_private(tmp_path: Any) -> None:
    first = demo_secret(tmp_path)
    assert len(first) >= 43
    assert demo_secret(tmp_path) == first
    assert (tmp_path / "demo-secret").stat().st_mode & 0o077 == 0


def test_every_setting_is_described_and_no_secret_has_a_default() -> None:
    rows = {name: (default, text) for name, default, text in describe()}
    assert all(text for _, text in rows.values())
    assert rows["MYSAPK_SECRET_KEY"][0] == rows["MYSAPK_SMTP_PASSWORD"][0] == ""
