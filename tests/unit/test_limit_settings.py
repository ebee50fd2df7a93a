"""The limits as settings: what stands in the domain unless set, and nothing that contradicts itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mysapk_web import rate_limits
from mysapk_web.limit_settings import _FIELDS, LimitSettings
from mysapk_web.rate_limits import LIMITS, NETWORK_FAILURES, Limit
from mysapk_web.settings import Settings, SettingsError, read_settings

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"
OFFICE = "203.0.113.7"


def made(**values: Any) -> Settings:
    return Settings(_env_file=None, **{"secret_key": SECRET, **values})


def faults(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    monkeypatch.setenv("MYSAPK_SECRET_KEY", SECRET)
    for name, value in values.items():
        monkeypatch.setenv(f"MYSAPK_{name.upper()}", value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    return refused.value.faults


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_limit_is_that_of_the_domain_unless_it_is_set(limit: Limit) -> None:
    settings = made(office_networks=OFFICE)
    assert settings.limit(limit) == settings.limit(limit, "192.0.2.1") == limit
    assert settings.limit(limit, OFFICE).count == (limit.office or limit.count)


@pytest.mark.parametrize("limit", _FIELDS, ids=lambda limit: limit.name)
def test_a_limit_that_is_set_counts_for_everybody_it_is_meant_for(limit: Limit) -> None:
    field = _FIELDS[limit]
    settings = made(**{field: 3}, office_networks=OFFICE)
    assert settings.limit(limit, "192.0.2.1").count == 3
    if limit.office is not None:
        settings = made(**{f"{field}_office": 99_999}, office_networks=OFFICE)
        assert (settings.limit(limit, "192.0.2.1").count, settings.limit(limit, OFFICE).count) == (limit.count, 99_999)


def test_another_limit_of_the_same_name_is_left_alone() -> None:
    """Others derive theirs from one of the domain, to write the trail once."""
    once = replace(rate_limits.HANDSHAKES_PER_NETWORK, count=1, office=None)
    assert made().limit(once) == once


def test_every_limit_by_network_has_one_for_offices() -> None:
    assert {limit for limit in LIMITS if "address" in limit.name.split(":")[-1]} <= {
        limit for limit in LIMITS if limit.office is not None
    }
    assert all(limit.office > limit.count for limit in LIMITS if limit.office is not None)
    settings = made(office_networks=OFFICE)
    assert settings.max_sockets(OFFICE) > settings.max_sockets("192.0.2.1") == rate_limits.SOCKETS_PER_NETWORK
    assert (
        settings.lockout(NETWORK_FAILURES, OFFICE).free
        > settings.lockout(NETWORK_FAILURES, "192.0.2.1").free
        == NETWORK_FAILURES.free
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", True),
        ("203.0.113.8", False),
        ("198.51.100.15", True),
        ("198.51.100.16", False),
        ("2001:db8:7::1", True),
        ("2001:db8:8::1", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_an_office_is_who_is_in_one_of_its_networks(address: str, expected: bool) -> None:
    settings = made(office_networks="203.0.113.7, 198.51.100.0/28 2001:db8:7::/48")
    assert settings.is_office(address) is expected
    assert not made().is_office(address)


@pytest.mark.parametrize(
    "value",
    [
        "kantor",
        "203.0.113.7/28",
        "0.0.0.0/0",
        "::/0",
        "10.0.0.0/7",
        "2001:db8::/28",
        "::ffff:10.0.0.0/104",
        "203.0.113.300",
    ],
)
def test_a_network_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    (line,) = faults(monkeypatch, office_networks=value)
    assert line.startswith("MYSAPK_OFFICE_NETWORKS: ")
    assert value in line


def test_networks_come_from_the_environment_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSAPK_SECRET_KEY", SECRET)
    monkeypatch.setenv("MYSAPK_OFFICE_NETWORKS", "203.0.113.7,198.51.100.0/28")
    assert [str(network) for network in read_settings().office_networks] == ["203.0.113.7/32", "198.51.100.0/28"]
    monkeypatch.setenv("MYSAPK_OFFICE_NETWORKS", "")
    assert read_settings().office_networks == ()


@pytest.mark.parametrize("field", sorted(name for name in LimitSettings.model_fields if name.endswith("_office")))
def test_an_office_with_less_than_others_stops_the_start(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    (line,) = faults(monkeypatch, **{field: "1"})
    assert line.startswith(f"MYSAPK_{field.upper()}: ")


@pytest.mark.parametrize("field", sorted(name for name in LimitSettings.model_fields if name.startswith("limit_")))
def test_a_limit_of_nothing_or_of_everything_stops_the_start(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    for value in ("0", "1000000", "many"):
        assert any(line.startswith(f"MYSAPK_{field.upper()}: ") for line in faults(monkeypatch, **{field: value}))
