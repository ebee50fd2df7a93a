"""The SMTP client against a real server: what it sends, and how each fault is told."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mysapk_web.platform.mail.errors import MailConnectionError, MailError, PermanentMailError, TemporaryMailError
from mysapk_web.platform.mail.transports import SmtpTransport
from mysapk_web.settings import Settings
from tests.support.mail import CUT, Inbox, ServerFactory, free_port, login_as, to_server

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

TO = "budi@example.go.id"


def letter(text: str = "Isi rahasia") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "MySAPK Web <no-reply@mysapk.example.go.id>"
    message["To"] = TO
    message["Subject"] = "Uji"
    message["Message-ID"] = "<1@example.go.id>"
    message.set_content(text)
    return message


@pytest.fixture
def transport(smtp_settings: Settings) -> Iterator[SmtpTransport]:
    client = SmtpTransport(smtp_settings)
    yield client
    client.close()


def test_many_messages_share_one_connection(transport: SmtpTransport, inbox: Inbox) -> None:
    for number in range(3):
        transport.send(letter(f"Nomor {number}"), TO)

    assert [mail.recipients for mail in inbox.received] == [[TO]] * 3
    assert {mail.sender for mail in inbox.received} == {"no-reply@mysapk.example.go.id"}
    assert [mail.message.get_content().strip() for mail in inbox.received] == ["Nomor 0", "Nomor 1", "Nomor 2"]
    assert inbox.connections == 1


def test_text_beyond_ascii_and_lines_with_a_single_dot_arrive_unchanged(transport: SmtpTransport, inbox: Inbox) -> None:
    transport.send(letter("Yth. Nyoman Ñusa – “pegawai”\n.\nsesudah titik\n"), TO)

    assert inbox.received[0].message.get_content() == "Yth. Nyoman Ñusa – “pegawai”\n.\nsesudah titik\n"


def test_a_connection_the_server_closed_meanwhile_is_opened_anew(transport: SmtpTransport, inbox: Inbox) -> None:
    transport.send(letter(), TO)
    inbox.answers["MAIL"] = [CUT]

    transport.send(letter(), TO)

    assert len(inbox.received) == 2
    assert inbox.connections == 2


def test_a_server_that_wants_a_new_connection_gets_one(transport: SmtpTransport, inbox: Inbox) -> None:
    transport.send(letter(), TO)
    inbox.answers["MAIL"] = ["421 4.7.0 too many messages on this connection"]

    transport.send(letter(), TO)

    assert len(inbox.received) == 2


@pytest.mark.parametrize(
    ("stage", "answer", "kind", "words"),
    [
        ("MAIL", "451 4.3.0 later", TemporaryMailError, "Server surat menolak pengirim (451 4.3.0)."),
        ("RCPT", f"450 4.2.2 <{TO}> full", TemporaryMailError, "(450 4.2.2): kotak surat penuh."),
        ("RCPT", f"550 5.1.1 <{TO}>: unknown", PermanentMailError, "(550 5.1.1): alamat tidak dikenal."),
        ("RCPT", f"553 {TO}", PermanentMailError, "Server surat menolak penerima (553)."),
        ("DATA", "452 4.3.1 disk full", TemporaryMailError, "Server surat menolak isi surat (452 4.3.1)."),
        ("DATA", "554 5.7.1 Isi rahasia", PermanentMailError, "(554 5.7.1): ditolak oleh kebijakan server."),
        ("MAIL", "530 5.7.0 authenticate first", MailConnectionError, "(530 5.7.0)"),
        ("RCPT", "421 4.3.2 going down", MailConnectionError, "(421 4.3.2)"),
        ("DATA", CUT, MailConnectionError, "Sambungan ke server surat terputus."),
    ],
)
def test_each_answer_is_sorted_and_told_without_address_or_content(
    transport: SmtpTransport, inbox: Inbox, stage: str, answer: str, kind: type[MailError], words: str
) -> None:
    inbox.answers[stage] = [answer]

    with pytest.raises(MailError) as caught:
        transport.send(letter(), TO)

    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert TO not in str(caught.value)
    assert "rahasia" not in str(caught.value)
    assert inbox.received == []
    transport.send(letter(), TO)
    assert len(inbox.received) == 1


def test_a_refused_connection_is_a_fault_of_the_server(settings: Settings) -> None:
    transport = SmtpTransport(to_server(settings, Inbox(port=free_port())))

    with pytest.raises(MailConnectionError, match="menolak sambungan"):
        transport.send(letter(), TO)


def test_a_slow_server_is_left_after_the_timeout(settings: Settings, inbox: Inbox) -> None:
    inbox.delay = 5
    transport = SmtpTransport(to_server(settings, inbox, smtp_timeout=0.2))
    started = time.monotonic()

    with pytest.raises(MailConnectionError, match="tidak menjawab"):
        transport.send(letter(), TO)

    assert time.monotonic() - started < 2


def test_a_server_that_drips_its_answer_is_cut_off_at_the_deadline(settings: Settings) -> None:
    inbox = Inbox(port=free_port())
    transport = SmtpTransport(to_server(settings, inbox, smtp_timeout=0.3))
    stop = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            while not stop.wait(0.1):
                connection.sendall(b"2")

    with socket.create_server(("127.0.0.1", inbox.port)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        started = time.monotonic()
        with pytest.raises(MailConnectionError):
            transport.send(letter(), TO)
        took = time.monotonic() - started
        stop.set()
        thread.join()

    assert took < transport.deadline + 1


def test_a_server_without_service_is_a_fault_of_the_server(settings: Settings) -> None:
    inbox = Inbox(port=free_port())
    transport = SmtpTransport(to_server(settings, inbox))

    def refuse(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"554 no service for budi@example.go.id\r\n")
            connection.recv(100)

    with socket.create_server(("127.0.0.1", inbox.port)) as listener:
        thread = threading.Thread(target=refuse, args=(listener,))
        thread.start()
        with pytest.raises(MailConnectionError) as caught:
            transport.send(letter(), TO)
        thread.join()

    assert str(caught.value) == "Server surat menolak sambungan (554)."


@pytest.mark.parametrize(
    "address", ["a@example.com\r\nRCPT TO:<b@example.com>", "a b@example.com", "a@example.com,b@example.com", "<>"]
)
def test_what_is_no_address_never_reaches_the_server(transport: SmtpTransport, inbox: Inbox, address: str) -> None:
    with pytest.raises(PermanentMailError):
        transport.send(letter(), address)

    assert inbox.connections == 0


# Login -------------------------------------------------------------------------------------------


@pytest.fixture
def login_server(smtp_server: ServerFactory) -> Inbox:
    return smtp_server(authenticator=login_as("portal", "benar"), auth_required=True, auth_require_tls=False)


def test_login(settings: Settings, login_server: Inbox) -> None:
    settings = to_server(settings, login_server, smtp_username="portal", smtp_password=_secret("benar"))
    transport = SmtpTransport(settings)

    transport.send(letter(), TO)
    transport.close()

    assert len(login_server.received) == 1


@pytest.mark.parametrize("credentials", [{}, {"smtp_username": "portal", "smtp_password": "salah-sekali"}])
def test_a_refused_login_is_no_fault_of_the_mail(
    settings: Settings, login_server: Inbox, credentials: dict[str, str]
) -> None:
    if credentials:
        credentials = credentials | {"smtp_password": _secret(credentials["smtp_password"])}
    transport = SmtpTransport(to_server(settings, login_server, **credentials))

    with pytest.raises(MailConnectionError, match="53") as caught:
        transport.send(letter(), TO)

    assert "salah-sekali" not in str(caught.value)
    assert login_server.received == []


def _secret(value: str) -> object:
    from pydantic import SecretStr

    return SecretStr(value)


# Encryption --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(params=["starttls", "tls"])
def tls_settings(
    request: pytest.FixtureRequest, settings: Settings, smtp_server: ServerFactory, certificate: Path
) -> tuple[Settings, Inbox]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    kind = str(request.param)
    inbox = smtp_server(**{kind: context}, **({"require_starttls": True} if kind == "starttls" else {}))
    return to_server(settings, inbox, smtp_security=kind), inbox


def test_an_unknown_certificate_is_refused(tls_settings: tuple[Settings, Inbox]) -> None:
    transport = SmtpTransport(tls_settings[0])

    with pytest.raises(MailConnectionError, match="Sertifikat server surat tidak dapat dipercaya"):
        transport.send(letter(), TO)

    assert tls_settings[1].received == []


def test_a_trusted_certificate_is_accepted(
    tls_settings: tuple[Settings, Inbox], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    transport = SmtpTransport(tls_settings[0])

    transport.send(letter(), TO)
    transport.close()

    assert len(tls_settings[1].received) == 1


def test_a_certificate_for_another_host_is_refused(
    tls_settings: tuple[Settings, Inbox], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    transport = SmtpTransport(tls_settings[0].model_copy(update={"smtp_host": "localhost"}))

    with pytest.raises(MailConnectionError, match="Sertifikat"):
        transport.send(letter(), TO)


def test_a_server_that_offers_no_starttls_gets_nothing(settings: Settings, inbox: Inbox) -> None:
    transport = SmtpTransport(to_server(settings, inbox, smtp_security="starttls"))

    with pytest.raises(MailConnectionError, match="tidak mendukung enkripsi"):
        transport.send(letter(), TO)

    assert inbox.received == []
