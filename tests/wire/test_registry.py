"""House laws of the event handlers, checked on what the app has really registered."""

from __future__ import annotations

import re

from mysapk_web.ui.access import FRAMEWORK
from tests.wire.registry import read_registry

SECRET_WORDS = re.compile(r"password|token|sandi|rahasia|secret|kode|code|cookie|otp|hash|kunci|key", re.IGNORECASE)
EMPTY = {"''", "None", "[]", "{}"}


def test_every_handler_of_ours_states_who_may_call_it() -> None:
    ours = [handler for handler in read_registry().handlers if handler.ours and handler.short != "setvar"]
    assert len(ours) > 20
    assert [handler.name for handler in ours if handler.policy == "none"] == []


def test_no_setter_can_be_called() -> None:
    for handler in read_registry().handlers:
        if handler.short == "setvar":
            assert handler.policy == "none", handler.name
        elif handler.short.startswith("set_"):
            assert not handler.ours, handler.name
            assert handler.short == "set_is_hydrated"


def test_of_the_framework_only_the_loading_of_pages_is_open() -> None:
    open_ones = {h.short for h in read_registry().handlers if not h.ours and h.policy != "none"}
    assert open_ones == {"hydrate", "hydrate_and_load", "on_load_internal", "set_is_hydrated"} == set(FRAMEWORK)


def test_only_the_root_is_hydrated() -> None:
    """The wall hands a state tree to another session at a hydrate, which it knows by its name: no other handler has that name."""
    names = {h.name for h in read_registry().handlers if h.short.startswith("hydrate")}
    assert names == {"reflex___state____state.hydrate", "reflex___state____state.hydrate_and_load"}


def test_a_public_handler_is_one_that_people_need_before_they_are_logged_in() -> None:
    """A new public handler has to be put here on purpose."""
    public = {h.name.split("____")[-1] for h in read_registry().handlers if h.ours and h.policy == "anyone"}
    assert public == {
        "agency_help_state.find",
        "app_state.dismiss_faults",
        "awal_state.load",
        "bantuan_state.load",
        "cek_bukti_state.load",
        "email_request_state.ask",
        "konfirmasi_state.judge",
        "konfirmasi_state.load",
        "konfirmasi_state.resend",
        "konfirmasi_state.submit",
        "lupa_password_state.load",
        "lupa_password_state.submit",
        "masuk_state.back",
        "masuk_state.load",
        "masuk_state.submit",
        "masuk_state.submit_code",
    }


def test_handlers_are_async_and_have_no_hidden_parameters() -> None:
    """A defaulted parameter can be filled in by anybody who calls the handler over the wire."""
    for handler in read_registry().handlers:
        if handler.ours and handler.short != "setvar":
            assert handler.is_async, handler.name
            assert handler.defaulted == [], handler.name


def test_every_state_descends_from_the_common_parent_and_offers_handlers_only() -> None:
    ours = [state for state in read_registry().states if state.module.startswith("mysapk_web.")]
    assert len(ours) > 5
    for state in ours:
        assert state.name.startswith("reflex___state____state.mysapk_web___ui___state____app_state"), state.name
        assert set(state.public_callables) <= set(state.handlers), state.name


def test_no_var_of_a_page_can_hold_a_secret() -> None:
    for state in read_registry().states:
        for name, default in state.vars.items():
            holds_text = default in EMPTY or default[0] in "'[{"
            assert not (holds_text and SECRET_WORDS.search(name)), f"{state.name}.{name}"
            assert not name.startswith("_"), f"{state.name}.{name}"


def test_a_constant_of_a_page_is_no_var() -> None:
    """A constant without `ClassVar` is a var, which is kept for each person and sent to each browser."""
    for state in read_registry().states:
        assert [name for name in state.vars if name.isupper()] == [], state.name


def test_states_start_empty() -> None:
    """What stands in a default is in every page's script, for everybody."""
    for state in read_registry().states:
        for name, default in state.vars.items():
            assert not re.search(r"\d{18}|@", default), f"{state.name}.{name}"
