"""Every letter: both parts say the same, link only to the portal, and give nothing a place to break in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.accounts.rules.token import derive_token
from mysapk_web.app.mail_registry import render
from mysapk_web.platform.mail.context import MailContact, MailContext, MailRequest
from mysapk_web.platform.mail.errors import WIRE, PermanentMailError
from mysapk_web.platform.mail.queue import MailKind
from mysapk_web.platform.signed_links import read_reset_request
from mysapk_web.settings import Settings

PUBLIC = "https://mysapk.example.go.id"
REQUEST = "0123456789abcdef" * 2
PARAMS = {
    "how": "reset",
    "mask_old": "bud*****@example.go.id",
    "mask_new": "san*****@example.go.id",
    "left": 3,
    "agent": "Firefox di Linux",
    "network": "192.0.2.0/24",
    "free_mail": True,
}
SETTINGS = Settings(
    _env_file=None,
    demo=True,
    secret_key="only-for-tests-0123456789-abcdefghijklmnop",
    public_url=PUBLIC,
    token_minutes=20,
)


def facts(**change: object) -> MailContext:
    values: dict[str, object] = {
        "recipient": "budi@example.go.id",
        "name": "Dr. Budi Santoso, M.Si.",
        "instansi": "Pemerintah Kabupaten Contoh",
        "timezone": "WITA",
        "happened_at": datetime(2026, 11, 21, 3, 5, tzinfo=UTC),
        "message_id": "abc123",
        "contact": MailContact("Helpdesk BKPSDM Contoh", "(021) 555-0100", "helpdesk@example.go.id", "08.00-16.00"),
        "request": MailRequest(REQUEST, "bud*****@example.com", datetime(2026, 11, 21, 3, 25, tzinfo=UTC)),
        "params": PARAMS,
    }
    return MailContext(**(values | change))  # type: ignore[arg-type]


def parts(message: EmailMessage) -> tuple[str, str]:
    """Text and HTML part after the way over the wire."""
    arrived = message_from_bytes(message.as_bytes(policy=WIRE), policy=policy.default)
    assert isinstance(arrived, EmailMessage)
    text, html = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


class Page(HTMLParser):
    """What an HTML part shows, links to and loads."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.shown: list[str] = []
        self._hidden = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._hidden = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.shown.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.shown).split())


@pytest.mark.parametrize("letter", MailKind)
def test_every_letter_links_to_the_portal_only_and_loads_nothing(letter: MailKind) -> None:
    text, html = parts(render(letter, facts(), SETTINGS))
    page = Page(html)

    addresses = re.findall(r"https?://\S+", text)
    assert addresses
    assert all(address.startswith(f"{PUBLIC}/") for address in addresses)
    assert [value for name, value in page.attributes if name == "href"] == addresses
    assert addresses[-1] == f"{PUBLIC}/bantuan"
    assert not page.tags & {"img", "link", "script", "iframe", "style", "video", "form", "object"}
    assert not [name for name, _ in page.attributes if name in {"src", "background", "srcset"}]
    assert "url(" not in html


def test_the_letter_about_a_repair_says_at_the_new_address_what_can_be_done_now() -> None:
    here, before = (
        parts(render(MailKind.EMAIL_CHANGED, facts(params=PARAMS | {"here": here}), SETTINGS))[0]
        for here in (True, False)
    )
    assert f"{PUBLIC}/lupa-password" in here
    assert "Permintaan sebelum alamat ini tercatat tidak dihitung" in here
    assert "lupa-password" not in before


@pytest.mark.parametrize("letter", MailKind)
def test_both_parts_say_the_same(letter: MailKind) -> None:
    message = render(letter, facts(), SETTINGS)
    text, html = parts(message)

    shown = Page(html).words
    for line in re.sub(r"^(- |---$)", "", text, flags=re.MULTILINE).split("\n\n"):
        assert " ".join(line.split()) in shown
    assert message["Subject"] in shown


@pytest.mark.parametrize("letter", MailKind)
def test_every_letter_is_indonesian_and_follows_the_colours_of_the_reader(letter: MailKind) -> None:
    _, html = parts(render(letter, facts(), SETTINGS))

    assert '<html lang="id">' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert not re.search(r"#[0-9a-f]{3,6}\b|background|color:(?!inherit)", html.replace("color-scheme", ""))


@pytest.mark.parametrize("letter", MailKind)
def test_headers(letter: MailKind) -> None:
    message = render(letter, facts(), SETTINGS)

    assert message["From"] == SETTINGS.mail_from
    assert message["To"] == "budi@example.go.id"
    assert message["Message-ID"] == "<abc123@mysapk.example.go.id>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    assert 10 <= len(message["Subject"]) <= 60
    assert "Budi" not in message["Subject"]


@pytest.mark.parametrize("letter", MailKind)
def test_text_lines_are_short_enough_for_every_server(letter: MailKind) -> None:
    raw = render(letter, facts(), SETTINGS).as_bytes(policy=WIRE)

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"base64" not in raw


def test_the_token_stands_alone_on_its_line_in_both_parts() -> None:
    token = derive_token(SETTINGS.key("reset-token"), bytes.fromhex(REQUEST))

    text, html = parts(render(MailKind.TOKEN, facts(), SETTINGS))

    assert text.splitlines().count(token) == 1
    assert html.splitlines().count(token) == 1
    assert "monospace" in html


def test_the_token_letter_says_how_long_it_lives_and_what_to_do() -> None:
    text, _ = parts(render(MailKind.TOKEN, facts(), SETTINGS))
    words = " ".join(text.split())

    assert "berlaku 20 menit, sampai 21 November 2026 pukul 11.25 WITA" in words
    assert "hanya token dari email terbaru yang berlaku" in words
    assert "Jangan berikan token kepada siapa pun" in words
    assert "Bukan Anda yang meminta?" in words
    assert "mengganti" in words


def test_the_token_letter_advises_about_free_mail_only_where_the_agency_wants_it() -> None:
    text, _ = parts(render(MailKind.TOKEN, facts(params={"free_mail": False}), SETTINGS))

    assert "layanan email umum" not in text


def test_the_link_of_the_token_letter_leads_to_its_request() -> None:
    text, _ = parts(render(MailKind.TOKEN, facts(), SETTINGS))

    found = re.search(rf"{PUBLIC}/konfirmasi/(\S+)", text)
    assert found is not None
    assert read_reset_request(SETTINGS, found.group(1)) == REQUEST


def test_only_the_token_letter_holds_the_token() -> None:
    token = derive_token(SETTINGS.key("reset-token"), bytes.fromhex(REQUEST))

    assert [letter for letter in MailKind if token in str(render(letter, facts(), SETTINGS))] == [MailKind.TOKEN]


def test_another_address_is_told_by_its_mask() -> None:
    text, _ = parts(render(MailKind.OTHER_EMAIL, facts(), SETTINGS))

    assert "bud*****@example.com" in text
    assert "21 November 2026 pukul 11.05 WITA" in " ".join(text.split())
    assert f"{PUBLIC}/lupa-password" in text


def test_a_waiting_cpns_learns_whom_to_ask() -> None:
    text, _ = parts(render(MailKind.CPNS_WAITING, facts(), SETTINGS))
    words = " ".join(text.split())

    assert "disetujui lebih dahulu oleh admin kepegawaian Pemerintah Kabupaten Contoh" in words
    assert "Helpdesk BKPSDM Contoh: telepon (021) 555-0100, email helpdesk@example.go.id" in words


@pytest.mark.parametrize("letter", [MailKind.TOKEN, MailKind.OTHER_EMAIL, MailKind.EMAIL_TOKEN])
def test_a_letter_without_its_request_is_not_written(letter: MailKind) -> None:
    with pytest.raises(ValueError, match="request"):
        render(letter, facts(request=None), SETTINGS)


@pytest.mark.parametrize(
    "letter", [x for x in MailKind if x not in {MailKind.TOKEN, MailKind.OTHER_EMAIL, MailKind.EMAIL_TOKEN}]
)
def test_other_letters_need_nothing_but_a_recipient(letter: MailKind) -> None:
    text, _ = parts(render(letter, MailContext(recipient="budi@example.go.id"), SETTINGS))

    assert text.startswith("Dengan hormat,\n")


@pytest.mark.parametrize(
    "recipient", ["a@example.com\nBcc: b@example.com", "a@example.com, b@example.com", "", "Budi <a@example.com>"]
)
def test_a_recipient_that_is_no_address_is_refused(recipient: str) -> None:
    with pytest.raises(PermanentMailError) as caught:
        render(MailKind.TEST, facts(recipient=recipient), SETTINGS)

    assert "example.com" not in str(caught.value)


NASTY = "Budi\r\nBcc: lain@example.com\r\n\r\n<img src=https://jahat.example.com/x><script>alert(1)</script>"


@pytest.mark.parametrize("letter", MailKind)
def test_text_from_outside_breaks_neither_headers_nor_html(letter: MailKind) -> None:
    poisoned = facts(
        name=NASTY,
        instansi=NASTY,
        contact=MailContact(NASTY, NASTY, NASTY, NASTY),
        request=MailRequest(REQUEST, NASTY, datetime(2026, 11, 21, tzinfo=UTC)),
        params=PARAMS | dict.fromkeys(("agent", "network", "mask_old", "mask_new"), NASTY),
    )

    message = render(letter, poisoned, SETTINGS)

    arrived = message_from_bytes(message.as_bytes(policy=WIRE), policy=policy.default)
    assert arrived["Bcc"] is None
    assert sorted(arrived.keys()) == sorted(render(letter, facts(), SETTINGS).keys())
    text, html = parts(message)
    page = Page(html)
    assert not page.tags & {"img", "script"}
    for address in re.findall(r"https?://\S+", text + page.words):
        assert address.startswith(f"{PUBLIC}/")


@given(name=st.text(max_size=60), mask=st.text(max_size=60))
def test_any_name_and_mask_give_a_message_with_the_same_headers(name: str, mask: str) -> None:
    request = MailRequest(REQUEST, mask, datetime(2026, 11, 21, tzinfo=UTC))

    message = render(MailKind.OTHER_EMAIL, facts(name=name, request=request), SETTINGS)

    arrived = message_from_bytes(message.as_bytes(policy=WIRE), policy=policy.default)
    assert arrived.keys() == message.keys()
    assert not arrived.defects


def test_the_facts_show_no_person_when_printed() -> None:
    shown = repr(facts())

    assert "Budi" not in shown
    assert "budi@" not in shown
    assert REQUEST not in shown


def test_the_letter_to_a_new_address_holds_the_token_of_that_and_no_other() -> None:
    token = derive_token(SETTINGS.key("email-token"), bytes.fromhex(REQUEST))

    text, _ = parts(render(MailKind.EMAIL_TOKEN, facts(name=""), SETTINGS))

    assert text.splitlines().count(token) == 1
    assert "berlaku 20 menit, sampai 21 November 2026 pukul 11.25 WITA" in " ".join(text.split())
    assert f"{PUBLIC}/profil" in text
    assert "Abaikan email ini" in " ".join(text.split())
    assert [letter for letter in MailKind if token in str(render(letter, facts(), SETTINGS))] == [MailKind.EMAIL_TOKEN]


def test_a_token_that_an_admin_sent_says_who_sent_it() -> None:
    request = facts().request
    sent = MailContext(
        recipient="a@example.com", instansi="Pemerintah Kota Misal", request=request, params={"by_admin": True}
    )
    told = parts(render(MailKind.TOKEN, sent, SETTINGS))[0]
    assert "admin kepegawaian Pemerintah Kota Misal mengirim token" in " ".join(told.split())
    assert "Kami menerima permintaan" not in told


def test_a_token_that_an_admin_cancelled_says_who_and_how_to_ask_anew() -> None:
    told = " ".join(parts(render(MailKind.RESET_CANCELLED, facts(), SETTINGS))[0].split())
    assert "dibatalkan oleh admin kepegawaian Pemerintah Kabupaten Contoh pada 21 November 2026" in told
    assert "Password Anda tidak berubah." in told
    assert f"{PUBLIC}/lupa-password" in told


def test_a_second_factor_that_an_admin_took_away_says_so() -> None:
    sent = MailContext(recipient="a@example.com", instansi="Pemerintah Kota Misal", params={"by_admin": True})
    told = " ".join(parts(render(MailKind.SECOND_FACTOR_OFF, sent, SETTINGS))[0].split())
    assert "dimatikan oleh admin kepegawaian Pemerintah Kota Misal" in told
    assert "Kode pemulihan yang lama tidak berlaku lagi" in told


@pytest.mark.parametrize(
    ("asks", "subject"),
    [(True, "Ada yang perlu Anda lakukan di MySAPK"), (False, "Kabar usulan Anda di MySAPK")],
)
def test_a_step_of_a_proposal_is_told_with_where_to_look_and_how_to_stop_it(asks: bool, subject: str) -> None:
    params = {"title": "Usulan terverifikasi", "text": "Ubah Golongan.", "path": "/usulan", "asks": asks}
    message = render(MailKind.NOTICE, facts(params=params), SETTINGS)
    words = " ".join(parts(message)[0].split())

    assert message["Subject"] == subject
    for part in (
        "Usulan terverifikasi. Ubah Golongan.",
        f"{PUBLIC}/usulan",
        f"halaman Notifikasi: {PUBLIC}/notifikasi",
    ):
        assert part in words


def test_a_receipt_names_what_was_sent_when_and_where_it_is() -> None:
    params = {"items": ["Ubah Golongan: III/c Penata", "Tambah Anak: Bagas"], "unit": "Dinas Contoh"}
    words = " ".join(parts(render(MailKind.RECEIPT, facts(params=params), SETTINGS))[0].split())

    assert "Pada 21 November 2026 pukul 11.05 WITA Anda mengirim 2 usulan pemutakhiran data:" in words
    assert (
        "- Ubah Golongan: III/c Penata - Tambah Anak: Bagas Usulan menunggu diperiksa verifikator Dinas Contoh" in words
    )
    assert "Jika itu bukan Anda" in words
    assert f"{PUBLIC}/usulan" in words


def test_a_receipt_for_very_many_counts_the_rest() -> None:
    words = parts(render(MailKind.RECEIPT, facts(params={"items": [f"Tambah SKP {n}" for n in range(50)]}), SETTINGS))[
        0
    ]
    assert words.count("- Tambah SKP") == 40
    assert "mengirim 50 usulan" in words
    assert "- dan 10 usulan lain" in words


def test_every_letter_has_words_of_its_own_for_lists() -> None:
    labels = [letter.label for letter in MailKind]
    assert len(set(labels)) == len(labels)


def test_a_new_token_is_told_with_its_maker_and_where_it_is_revoked() -> None:
    told = facts(params={"label": "SIMPEG https://evil.example/x", "by": "Lina Purnama"})
    text, _ = parts(render(MailKind.IMPORT_TOKEN_CREATED, told, SETTINGS))
    words = " ".join(text.split())

    assert "Lina Purnama membuat token impor email untuk SIMPEG https evil.example/x" in words
    assert f"{PUBLIC}/admin/email?bagian=token" in text
