"""Which addresses an agency accepts (`/admin/email`, part Kebijakan): any, any with advice against free mail, or its own domains only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.security.reauthentication import require_reauthentication
from mysapk_web.organisation import audit, revisions
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.audit_events import EmailPolicyChanged
from mysapk_web.organisation.rules.email import (
    DomainPolicy,
    DomainVerdict,
    EmailError,
    domain_verdict,
    is_free_mail,
    is_shared_ending,
    normalise_email,
)
from mysapk_web.organisation.rules.roles import MATRIX, Permission
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import FormError, PermissionDenied

MAX_DOMAINS: Final = 50
TOP_DOMAINS: Final = 5
"""Domains listed in a preview."""
_MAX_TEXT: Final = 4000
_BETWEEN: Final = re.compile(r"[\s,;]+")
_ROWS: Final = 5000


@dataclass(frozen=True, slots=True)
class PolicyView:
    """Subdomains of `domains` are accepted too."""

    instansi: str
    policy: DomainPolicy
    domains: list[str]


@dataclass(frozen=True, slots=True)
class Impact:
    """Number of people by what a policy means for the address on file.

    `warned` can go on; `rejected` get no token until the address is corrected; of these, `rejected_active` can still log in.
    `top_domains` are the largest domains behind the two.
    """

    policy: DomainPolicy
    domains: list[str]
    accepted: int
    warned: int
    rejected: int
    rejected_active: int
    without_email: int
    top_domains: list[tuple[str, int]]
    revision: int


def current_policy(session: Session, actor: Actor) -> PolicyView:
    row = session.get_one(Instansi, _agency(actor))
    return PolicyView(row.name, row.domain_policy, list(row.email_domains))


def preview_impact(session: Session, actor: Actor, *, policy: str, domains: str) -> Impact:
    instansi_id = _agency(actor)
    wanted, names = _parse(policy, domains)
    return _impact(session, instansi_id, wanted, names)


def set_policy(session: Session, actor: Actor, *, policy: str, domains: str, seen: int = 0) -> bool:
    """Applies from the next token, import or correction on. Returns whether anything changed."""
    instansi_id = _agency(actor)
    wanted, names = _parse(policy, domains)
    require_reauthentication(actor)
    row = session.exec(select(Instansi).where(Instansi.id == instansi_id).with_for_update()).one()
    revisions.require_current(session, actor, revisions.of_policy(instansi_id), seen)
    before, had = row.domain_policy, list(row.email_domains)
    if (before, had) == (wanted, names):
        return False
    row.domain_policy, row.email_domains = wanted, names
    session.add(row)
    audit.record_by(
        session,
        actor,
        EmailPolicyChanged(policy_before=before, policy_after=wanted, domains_before=had, domains_after=names),
        instansi_id=instansi_id,
    )
    return True


def _agency(actor: Actor) -> int:
    actor.require(Permission.EMAIL_POLICY)
    found = sorted(
        grant.instansi_id
        for grant in actor.effective_grants
        if Permission.EMAIL_POLICY in MATRIX[grant.role] and grant.instansi_id is not None and grant.unor_path is None
    )
    if not found:
        raise PermissionDenied("no agency for the role")
    return found[0]


def _parse(policy: str, domains: str) -> tuple[DomainPolicy, list[str]]:
    faults = {}
    if policy not in set(DomainPolicy):
        faults["kebijakan"] = "Pilih alamat yang diterima."
    names: list[str] = []
    try:
        names = _domains(domains)
    except ValueError as error:
        faults["domain"] = str(error)
    if not faults and policy == DomainPolicy.AGENCY_ONLY and not names:
        faults["domain"] = "Isi sedikitnya satu domain dinas. Tanpa itu tidak ada alamat yang diterima."
    if faults:
        raise FormError(faults)
    return DomainPolicy(policy), names


def _domains(text: str) -> list[str]:
    if len(text) > _MAX_TEXT:
        raise ValueError(f"Isi paling banyak {MAX_DOMAINS} domain.")
    found: dict[str, None] = {}
    for word in _BETWEEN.split(text.strip()):
        if not word:
            continue
        if is_shared_ending(word.strip("@.").lower()):
            raise ValueError(_shared(word))
        try:
            name = normalise_email(f"a@{word.lstrip('@.')}").partition("@")[2]
        except EmailError:
            raise ValueError(
                f"“{word[:60]}” bukan domain. Tulis seperti contohkab.go.id, satu di setiap baris."
            ) from None
        if is_free_mail(name):
            raise ValueError(f"{name} adalah layanan email gratis, bukan domain dinas. Hapus dari daftar.")
        if is_shared_ending(name):
            raise ValueError(_shared(name))
        found[name] = None
    if len(found) > MAX_DOMAINS:
        raise ValueError(f"Isi paling banyak {MAX_DOMAINS} domain.")
    return list(found)


def _shared(name: str) -> str:
    return (
        f"“{name[:60]}” dipakai bersama oleh banyak pihak. Isi domain instansi Anda sendiri, misalnya contohkab.go.id."
    )


def _impact(session: Session, instansi_id: int, policy: DomainPolicy, names: Sequence[str]) -> Impact:
    """One pass over the addresses, one verdict per domain."""
    rows = session.exec(
        select(Pegawai.email_key, Account.activated_at)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(Pegawai.instansi_id == instansi_id)
        .execution_options(yield_per=_ROWS)
    )
    people: Counter[str] = Counter()
    active: Counter[str] = Counter()
    for key, activated_at in rows:
        domain = (key or "").rpartition("@")[2]
        people[domain] += 1
        active[domain] += activated_at is not None
    without = people.pop("", 0)
    verdicts = {domain: domain_verdict(f"a@{domain}", policy, names) for domain in people}
    sums = Counter(dict.fromkeys(DomainVerdict, 0))
    for domain, verdict in verdicts.items():
        sums[verdict] += people[domain]
    named = [pair for pair in people.most_common() if verdicts[pair[0]] is not DomainVerdict.OK]
    return Impact(
        policy=policy,
        domains=list(names),
        accepted=sums[DomainVerdict.OK],
        warned=sums[DomainVerdict.FREE_MAIL_WARNING],
        rejected=sums[DomainVerdict.NOT_AGENCY],
        rejected_active=sum(active[domain] for domain, each in verdicts.items() if each is DomainVerdict.NOT_AGENCY),
        without_email=without,
        top_domains=named[:TOP_DOMAINS],
        revision=revisions.current_revision(session, revisions.of_policy(instansi_id)),
    )
