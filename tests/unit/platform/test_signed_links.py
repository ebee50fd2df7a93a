"""The reference in a mail's link: read back only with the key that made it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.platform.signed_links import read_reset_request, sign_reset_request
from mysapk_web.settings import Settings

REQUEST = "0123456789abcdef" * 2
_FIXED = Settings(_env_file=None, demo=True, secret_key="only-for-tests-0123456789-abcdefghijklmnop")


def test_a_reference_is_read_back(settings: Settings) -> None:
    assert read_reset_request(settings, sign_reset_request(settings, REQUEST)) == REQUEST


def test_a_reference_is_safe_in_a_path(settings: Settings) -> None:
    assert set(sign_reset_request(settings, REQUEST)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )


@given(st.binary(min_size=16, max_size=16))
def test_no_mail_program_cuts_a_mark_off_its_ends(request_id: bytes) -> None:
    ref = sign_reset_request(_FIXED, request_id.hex())

    assert ref[0].isalnum()
    assert ref[-1].isalnum()
    assert read_reset_request(_FIXED, ref) == request_id.hex()


def test_another_portal_cannot_read_it(settings: Settings) -> None:
    other = Settings(_env_file=None, demo=True, secret_key="another-secret-0123456789-zyxwvutsrqponm")

    assert read_reset_request(other, sign_reset_request(settings, REQUEST)) is None


@pytest.mark.parametrize("position", range(0, 76, 7))
def test_a_changed_character_makes_it_worthless(settings: Settings, position: int) -> None:
    ref = sign_reset_request(settings, REQUEST)
    changed = ref[:position] + ("A" if ref[position] != "A" else "B") + ref[position + 1 :]

    assert read_reset_request(settings, changed) is None


@pytest.mark.parametrize("text", ["", ".", "a" * 100_000, "é", "\ud800", f'"{REQUEST}"', "\x00"])
def test_other_text_is_no_reference(settings: Settings, text: str) -> None:
    assert read_reset_request(settings, text) is None


def test_a_signed_text_that_is_no_request_is_no_reference(settings: Settings) -> None:
    assert read_reset_request(settings, sign_reset_request(settings, "../masuk")) is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_reset_request(_FIXED, text) is None
