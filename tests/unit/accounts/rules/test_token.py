import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.accounts.rules.token import ALPHABET, TOKEN_LENGTH, derive_token, normalise_token, token_matches

SECRET = b"a secret of thirty-two bytes.... "
REQUEST = b"request-0001"

tokens = st.text(ALPHABET, min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH)


def test_alphabet_has_no_look_alikes():
    assert not set(ALPHABET) & set("0O1IL")
    assert set(ALPHABET) <= set(string.ascii_uppercase + string.digits)
    assert len(set(ALPHABET)) == len(ALPHABET) >= 28


def test_token_is_fixed_by_secret_and_request():
    token = derive_token(SECRET, REQUEST)
    assert derive_token(SECRET, REQUEST) == token
    assert derive_token(SECRET, b"request-0002") != token
    assert derive_token(b"another secret", REQUEST) != token


def test_known_answer_so_that_a_release_never_voids_tokens_under_way():
    assert derive_token(b"k" * 32, bytes(16)) == "RP783SK"


@given(st.binary(min_size=1, max_size=64), st.binary(min_size=1, max_size=64))
def test_every_token_has_seven_letters_of_the_alphabet_and_matches_itself(secret, request_id):
    token = derive_token(secret, request_id)
    assert len(token) == 7
    assert set(token) <= set(ALPHABET)
    assert normalise_token(token) == token
    assert token_matches(secret, request_id, token)


def test_letters_are_equally_likely():
    seen = Counter("".join(derive_token(SECRET, number.to_bytes(4, "big")) for number in range(6000)))
    expected = 6000 * TOKEN_LENGTH / len(ALPHABET)
    # Chi-square with 29 degrees of freedom: 66.2 is passed once in ten thousand; the input is fixed.
    assert sum((seen[letter] - expected) ** 2 / expected for letter in ALPHABET) < 66.2


@pytest.mark.parametrize(("secret", "request_id"), [(b"", REQUEST), (SECRET, b"")])
def test_empty_key_material_is_refused(secret, request_id):
    with pytest.raises(ValueError, match="empty"):
        derive_token(secret, request_id)


@pytest.mark.parametrize(
    "text",
    [
        "AFM4TK2",
        "afm4tk2",
        " AFM4TK2 ",
        "AFM-4TK2",
        "A F M 4 T K 2",
        "\ufeffAFM4TK2\u200b\r\n",
        "\u00a0AFM4\u2011TK2",
        "ＡＦＭ４ＴＫ２",
        "ａｆｍ４ｔｋ２",
        "--AFM4TK2--",
    ],
)
def test_ways_to_type_a_token(text):
    assert normalise_token(text) == "AFM4TK2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "AFM4TK",
        "AFM4TK22",
        "AFM4TK1",
        "AFM4TKO",
        "AFM4TK0",
        "AFM4TKI",
        "AFM4TKl",
        "AFM4TK_",
        "AFM4TK٢",
        "AFM4TK\u017f",
        "AFM4T\u212a2",
        "\ufb03M4TK",
        "AFM4TK2" + " " * 64,
        "\ud800" * 7,
    ],
)
def test_what_cannot_be_a_token(text):
    assert normalise_token(text) is None


@given(tokens, st.lists(st.tuples(st.integers(0, 7), st.sampled_from(" -\u00a0\u200b\ufeff\u2013")), max_size=9))
def test_blanks_and_hyphens_anywhere(token, strays):
    text = token.lower()
    for place, stray in strays:
        text = text[:place] + stray + text[place:]
    assert normalise_token(text) == token


@given(st.text(st.characters(), max_size=80))
def test_any_text_is_a_token_or_none(text):
    token = normalise_token(text)
    assert token is None or (len(token) == 7 and set(token) <= set(ALPHABET))


def test_wrong_or_impossible_tokens_do_not_match():
    right = derive_token(SECRET, REQUEST)
    wrong = ("A" if right[0] != "A" else "B") + right[1:]
    assert token_matches(SECRET, REQUEST, f" {right[:3].lower()}-{right[3:]} ")
    for typed in (wrong, "", "0000000", right[:6], right + "A", "x" * 1000, "\ud800"):
        assert not token_matches(SECRET, REQUEST, typed)
    assert not token_matches(SECRET, b"request-0002", right)
