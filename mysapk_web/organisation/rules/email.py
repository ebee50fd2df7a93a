"""E-mail addresses: one spelling, the mask, and the domain policy of an instansi."""

import re
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache
from typing import Final

from email_validator import EmailNotValidError, validate_email

from mysapk_web.platform.rules.text import INVISIBLE, data_lines, fold_full_width, is_blank

MAX_LENGTH: Final = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""
_MAX_INPUT: Final = 1024
_PLAIN_LOCAL: Final = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*", re.ASCII)
"""The usual local part, valid up to 64 characters (RFC 5321, 4.5.3.1.1)."""
_PLAIN_DOMAIN: Final = re.compile(r"[A-Za-z0-9.-]{1,253}", re.ASCII)
_MAX_LOCAL: Final = 64
_MASK: Final = "*****"
_SHOWN: Final = 3

FREE_MAIL: Final = frozenset(data_lines(__package__, "free_mail.txt"))
"""Domains where anybody gets an address without proof of identity."""
_SUFFIXES: Final = frozenset(data_lines(__package__, "public_suffixes.txt"))


class EmailError(ValueError):
    """`str()` is a sentence for the user, without what was typed."""


class DomainPolicy(StrEnum):
    ALLOW = "ALLOW"
    WARN_FREE_MAIL = "WARN_FREE_MAIL"
    AGENCY_ONLY = "AGENCY_ONLY"


class DomainVerdict(StrEnum):
    """Only NOT_AGENCY refuses an address."""

    OK = "OK"
    FREE_MAIL_WARNING = "FREE_MAIL_WARNING"
    NOT_AGENCY = "NOT_AGENCY"


def normalise_email(text: str) -> str:
    """The one stored spelling, used on input, import and comparison. Raises EmailError, which says what to correct.

    Full-width forms become ASCII, letters lower case, an international domain punycode. Other compatibility characters before
    the @ are not folded: a look-alike such as the Kelvin sign must never become somebody else's address. No DNS lookup.
    """
    if len(text) > _MAX_INPUT:
        raise _too_long()
    return _plain(text) or _any(text)


def _plain(text: str) -> str | None:
    """Fast path for files of a hundred thousand; None: take the slow path."""
    local, _, domain = text.rpartition("@")
    if len(text) > MAX_LENGTH or len(local) > _MAX_LOCAL or not _PLAIN_LOCAL.fullmatch(local):
        return None
    known = _plain_domain(domain) if _PLAIN_DOMAIN.fullmatch(domain) else None
    return f"{local}@{known}".lower() if known else None


@lru_cache(maxsize=4096)
def _plain_domain(domain: str) -> str | None:
    """The spelling of a domain; None if invalid."""
    try:
        return _checked(f"a@{domain}").partition("@")[2]
    except EmailError:
        return None


def _any(text: str) -> str:
    address = _clean(text)
    if not address:
        raise EmailError("Isi alamat email.")
    local, at, domain = address.rpartition("@")
    if not at or "@" in local:
        raise EmailError("Alamat email harus memuat satu tanda @, misalnya nama@example.go.id.")
    if any(character.isspace() for character in address):
        raise EmailError("Alamat email tidak boleh memuat spasi. Hapus spasi di dalam alamat.")
    if not local or not local.isascii():
        raise EmailError(
            "Bagian sebelum tanda @ hanya boleh memuat huruf tanpa aksen, angka, titik, dan "
            "tanda seperti - _ +. Periksa kembali alamat Anda."
        )
    if not domain:
        raise EmailError("Lengkapi alamat email setelah tanda @, misalnya example.go.id.")
    if len(address) > MAX_LENGTH:
        raise _too_long()
    return _checked(address)


def mask_email(text: str) -> str:
    """Such as `eli*****@gmail.com`: at least one letter before the @ stays hidden, and the stars never reveal the length."""
    address = _clean(text[:_MAX_INPUT])[:MAX_LENGTH].lower()
    local, at, domain = address.rpartition("@")
    if not at:
        local, domain = domain, ""
    shown = local[: max(0, min(_SHOWN, len(local) - 1))]
    return f"{shown}{_MASK}{at}{domain}"


def domain_verdict(address: str, policy: DomainPolicy, agency_domains: Collection[str]) -> DomainVerdict:
    """What a policy says of an address.

    Subdomains count. With AGENCY_ONLY and no domains, no address passes. Free mail counts as the agency's only if that very
    service is listed, not through a shared suffix.
    """
    if policy is DomainPolicy.ALLOW:
        return DomainVerdict.OK
    domain = address.rpartition("@")[2].lower()
    free = is_free_mail(domain)
    names = {name.strip().lstrip("@.").lower() for name in agency_domains}
    if _within(domain, {name for name in names if is_free_mail(name)} if free else names):
        return DomainVerdict.OK
    if policy is DomainPolicy.AGENCY_ONLY:
        return DomainVerdict.NOT_AGENCY
    return DomainVerdict.FREE_MAIL_WARNING if free else DomainVerdict.OK


def is_free_mail(domain: str) -> bool:
    return _within(domain, FREE_MAIL)


def is_shared_ending(domain: str) -> bool:
    """Whether domains of different owners end with this one: a public suffix, or the ending of a free-mail service."""
    return domain in _SUFFIXES or any(name.endswith(f".{domain}") for name in FREE_MAIL)


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    start, end = 0, len(text)
    while start < end and is_blank(text[start]):
        start += 1
    while end > start and is_blank(text[end - 1]):
        end -= 1
    return fold_full_width("".join(character for character in text[start:end] if character not in INVISIBLE))


def _checked(address: str) -> str:
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise EmailError("Alamat email belum benar. Periksa penulisannya, misalnya nama@example.go.id.") from None
    return f"{found.local_part}@{found.ascii_domain}".lower()


def _too_long() -> EmailError:
    return EmailError(f"Alamat email terlalu panjang. Isi paling banyak {MAX_LENGTH} karakter.")


def _within(domain: str, parents: Collection[str]) -> bool:
    """Whether a domain is one of `parents` or below one."""
    labels = domain.split(".")
    return any(".".join(labels[index:]) in parents for index in range(len(labels)))
