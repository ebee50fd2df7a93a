"""What an attacker puts into events, and the marks by which a leak into the log is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.wire.registry import Handler

MARK = "kanari-7f3e"
"""In every text an attacker types; it must never turn up in the log."""
MARKED_NIP = "197711302003129998"
"""Well-formed, and nobody's."""
FIELDS = (
    "nip", "email", "password", "sekarang", "password_totp", "token", "kode", "sesi", "id", "role", "status",
    "verified_by", "pegawai_id", "account_id", "instansi_id", "alasan", "akun", "pemberian", "peran", "unit", "konfirmasi",
    "dari", "sampai", "mulai", "selesai",
)  # fmt: skip
"""Fields of the forms there are, and some that mass assignment would love."""


def plausible(name: str) -> str:
    """What a person would type into a field, marked."""
    return {
        "nip": MARKED_NIP,
        "email": f"{MARK}@example.com",
        "token": "KANAR27",
    }.get(name, f"{MARK}-Sandi1")


def values() -> list[Any]:
    """Values no page would ever send."""
    deep: Any = MARK
    for _ in range(60):
        deep = {"a": [deep]}
    return [
        None,
        True,
        -1,
        2**70,
        1.5,
        "",
        MARK + "x" * 2_300,
        MARK + "\x00" + MARK,
        f"\u202e{MARK}\u200b\u2066\ufeff",
        "\ud800" + MARK,
        f"<img src=x onerror={MARK}>' OR 1=1 --",
        "0001-01-01",
        "9999-12-31",
        [],
        list(range(5_000)),
        {"__proto__": {"admin": MARK}, "constructor": {"prototype": {}}, "__class__": MARK, "": MARK},
        deep,
    ]


def _form(value: Any) -> dict[str, Any]:
    fields = FIELDS if len(repr(value)) < 2_500 else FIELDS[:1]
    return dict.fromkeys(fields, value)


def _arguments(handler: Handler, value: Any) -> dict[str, Any]:
    names = handler.params or ["value"]
    return dict.fromkeys(names, value)


def three(handler: Handler) -> Iterator[Any]:
    """Nothing, what a page would send, and more than it would send."""
    form = {name: plausible(name) for name in FIELDS}
    yield {}
    yield {name: form if name == "form" else plausible(name) for name in handler.params}
    yield {
        **dict.fromkeys(handler.params, form),
        **dict.fromkeys(("self", "actor", "person", "session", "policy", "force", "admin", *handler.defaulted), MARK),
    }


def all_of(handler: Handler) -> Iterator[Any]:
    """Everything: shapes of the payload itself, then each value as argument and as every field of a form."""
    yield from three(handler)
    yield from (None, [], MARK, 7, {"": MARK}, {"__proto__": {"form": MARK}})
    yield _arguments(handler, MARK + "y" * (60_000 // max(1, len(handler.params))))
    for value in values():
        yield _arguments(handler, value)
        if "form" in handler.params:
            yield {"form": _form(value)}
    if handler.short == "setvar":
        for name in ("nama", "_bound", "ready", "contacts", "is_hydrated", "router_data", "faults", "claimed"):
            yield {"var_name": name, "value": MARK}
