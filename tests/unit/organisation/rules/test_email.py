import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mysapk_web.organisation.rules.email import (
    FREE_MAIL,
    DomainPolicy,
    DomainVerdict,
    EmailError,
    domain_verdict,
    mask_email,
    normalise_email,
)

PLAIN = "siti.aminah@example.go.id"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "Siti.Aminah@Example.GO.ID",
        "  siti.aminah@example.go.id ",
        "siti.aminah@example.go.id\u00a0",
        "\ufeffsiti.aminah@example.go.id\u200b\r\n",
        "siti.\u200baminah@example.go.id",
        "\u202asiti.aminah@example.go.id\u202c",
        "\u3000siti.aminah@example.go.id\t",
        "ｓｉｔｉ.aminah＠example.go.id",
    ],
)
def test_one_address_has_one_spelling(text):
    assert normalise_email(text) == PLAIN


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("budi@München.example.com", "budi@xn--mnchen-3ya.example.com"),
        ("budi@xn--mnchen-3ya.example.com", "budi@xn--mnchen-3ya.example.com"),
        ("Budi+Dinas@example.com", "budi+dinas@example.com"),
        ("o'brien_2@example.com", "o'brien_2@example.com"),
    ],
)
def test_stored_form(text, stored):
    assert normalise_email(text) == stored


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Isi alamat email."),
        (" \u200b\u00a0", "Isi alamat email."),
        ("siti", "satu tanda @"),
        ("siti@dinas@example.com", "satu tanda @"),
        ("siti aminah@example.com", "spasi"),
        ("siti@exam\u00a0ple.com", "spasi"),
        ("@example.com", "sebelum tanda @"),
        ("sití@example.com", "sebelum tanda @"),
        ("mi\u212ae@example.com", "sebelum tanda @"),
        ("\u017fiti@example.com", "sebelum tanda @"),
        ("siti@", "setelah tanda @"),
        ("siti@example", "belum benar"),
        ("siti@example..com", "belum benar"),
        (".siti@example.com", "belum benar"),
        ("siti@[192.0.2.1]", "belum benar"),
        ("siti@-example.com", "belum benar"),
        ("siti@\ud800.com", "belum benar"),
        ("siti\x00@example.com", "belum benar"),
        ("s" * 70 + "@example.com", "belum benar"),
        ("siti@" + "a" * 260 + ".com", "terlalu panjang"),
        ("x" * 1025, "terlalu panjang"),
    ],
)
def test_what_is_no_address_says_what_to_correct(text, words):
    with pytest.raises(EmailError) as caught:
        normalise_email(text)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_ascii_form_over_the_limit_is_refused():
    address = "budi@" + ".".join(["\u00fc" * 20] * 11) + ".com"
    assert len(address) <= 254
    with pytest.raises(EmailError):
        normalise_email(address)


@given(
    st.one_of(
        st.text(st.characters(), max_size=60),
        st.builds("{}@{}".format, st.text(st.characters(), max_size=12), st.text(st.characters(), max_size=12)),
        st.builds("{}@{}.id".format, st.text(string.ascii_letters + ".+-", max_size=9), st.text(max_size=9)),
        st.emails(),
    )
)
def test_normalising_twice_changes_nothing(text):
    try:
        once = normalise_email(text)
    except EmailError:
        return
    assert normalise_email(once) == once
    assert once.isascii()
    assert once == once.lower()
    assert len(once) <= 254


@given(st.emails(), st.text(" \t\n\u00a0\u200b\ufeff\u3000", max_size=5), st.text(" \u00a0\u200b", max_size=5))
def test_blanks_around_a_stored_address_match_what_is_typed(address, before, after):
    try:
        clean = normalise_email(address)
    except EmailError:
        assume(False)
    assert normalise_email(before + address.swapcase() + after) == clean


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("elisabeth@gmail.com", "eli*****@gmail.com"),
        (" Elisabeth@Gmail.com\u00a0", "eli*****@gmail.com"),
        ("elis@gmail.com", "eli*****@gmail.com"),
        ("eli@gmail.com", "el*****@gmail.com"),
        ("el@gmail.com", "e*****@gmail.com"),
        ("e@gmail.com", "*****@gmail.com"),
        ("@gmail.com", "*****@gmail.com"),
        ("elisabeth@", "eli*****@"),
        ("elisabeth", "eli*****"),
        ("e", "*****"),
        ("", "*****"),
        ("a@b@example.com", "a@*****@example.com"),
    ],
)
def test_mask(text, masked):
    assert mask_email(text) == masked


@given(st.text(st.characters()))
def test_mask_never_shows_the_whole_local_part(text):
    masked = mask_email(text)
    assert "*****" in masked
    assert len(masked) <= 300
    shown, _, _ = masked.partition("*****")
    assert len(shown) <= 8  # lower-casing may lengthen a letter
    if "@" not in text and text.isascii() and text.strip():
        assert text.strip().lower() != shown


@given(st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True))
def test_mask_hides_at_least_one_letter(local):
    shown = mask_email(f"{local}@example.com").removesuffix("*****@example.com")
    assert local.startswith(shown)
    assert len(shown) == min(3, len(local) - 1)


def test_very_long_text_is_masked_in_bounded_length():
    assert len(mask_email("a" * 100_000 + "@example.com")) <= 300
    assert mask_email("abcd@" + "x" * 100_000).startswith("abc*****@xxx")


@pytest.mark.parametrize(
    ("address", "policy", "verdict"),
    [
        ("siti@gmail.com", DomainPolicy.ALLOW, DomainVerdict.OK),
        ("siti@gmail.com", DomainPolicy.WARN_FREE_MAIL, DomainVerdict.FREE_MAIL_WARNING),
        ("siti@gmail.com", DomainPolicy.AGENCY_ONLY, DomainVerdict.NOT_AGENCY),
        ("siti@example.com", DomainPolicy.WARN_FREE_MAIL, DomainVerdict.OK),
        ("siti@example.com", DomainPolicy.AGENCY_ONLY, DomainVerdict.NOT_AGENCY),
        ("siti@contoh.go.id", DomainPolicy.AGENCY_ONLY, DomainVerdict.OK),
        ("siti@dinkes.contoh.go.id", DomainPolicy.AGENCY_ONLY, DomainVerdict.OK),
        ("siti@lain-contoh.go.id", DomainPolicy.AGENCY_ONLY, DomainVerdict.NOT_AGENCY),
        ("siti@contoh.go.id.example.com", DomainPolicy.AGENCY_ONLY, DomainVerdict.NOT_AGENCY),
        ("siti@contoh.go.id", DomainPolicy.WARN_FREE_MAIL, DomainVerdict.OK),
        ("siti@mail.yahoo.com", DomainPolicy.WARN_FREE_MAIL, DomainVerdict.FREE_MAIL_WARNING),
    ],
)
def test_domain_policy(address, policy, verdict):
    assert domain_verdict(address, policy, [" @Contoh.go.id "]) is verdict


@pytest.mark.parametrize("domains", [[], [""], ["."]])
def test_agency_only_without_domains_lets_nobody_pass(domains):
    assert domain_verdict("a@example.go.id", DomainPolicy.AGENCY_ONLY, domains) is DomainVerdict.NOT_AGENCY


def test_a_free_mail_domain_that_the_agency_names_is_accepted():
    verdict = domain_verdict("siti@gmail.com", DomainPolicy.WARN_FREE_MAIL, ["gmail.com"])
    assert verdict is DomainVerdict.OK


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (DomainPolicy.WARN_FREE_MAIL, DomainVerdict.FREE_MAIL_WARNING),
        (DomainPolicy.AGENCY_ONLY, DomainVerdict.NOT_AGENCY),
    ],
)
def test_free_mail_is_no_agency_s_by_an_ending_that_it_shares(policy, verdict):
    assert domain_verdict("siti@yahoo.co.id", policy, ["co.id"]) is verdict
    assert domain_verdict("siti@contoh.co.id", policy, ["co.id"]) is DomainVerdict.OK


def test_free_mail_list_is_clean():
    assert {"gmail.com", "yahoo.co.id", "outlook.com"} <= FREE_MAIL
    assert all(normalise_email(f"a@{domain}") == f"a@{domain}" for domain in FREE_MAIL)
