"""A change of address is one act: mail goes elsewhere, and whatever was given out before is worthless."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from mysapk_web.accounts.email_replacement import replace_email
from mysapk_web.accounts.tables import LoginTicket, ResetRequest, UserSession
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.platform.tables.audit import AuditEvent
from mysapk_web.platform.tables.outbox import OutboxMail


@dataclass
class People:
    """Two persons; the first is logged in, logging in elsewhere, and has asked for a token."""

    db: Database

    def load(self, session: Session, nip: str = "198503152010012001") -> tuple[Account, Pegawai]:
        return session.exec(
            select(Account, Pegawai).join(Pegawai, col(Pegawai.id) == Account.pegawai_id).where(Pegawai.nip == nip)
        ).one()

    def change(self, new_email: str) -> bool:
        with self.db.begin() as session:
            account, pegawai = self.load(session)
            return replace_email(
                session, account=account, pegawai=pegawai, new_email=new_email, actor_id=None, reason="uji"
            )


@pytest.fixture
def people(db: Database) -> People:
    now = clock.now()
    with db.begin() as session:
        instansi = Instansi(code="1", name="Satu")
        session.add(instansi)
        session.flush()
        unor = Unor(instansi_id=instansi.id, code="00", name="Satu", path="1/")
        session.add(unor)
        session.flush()
        accounts = []
        for nip, email in (("198503152010012001", "lama@example.go.id"), ("198503152010012002", "lain@example.go.id")):
            pegawai = Pegawai(
                nip=nip,
                name="Orang",
                jenis=JenisPegawai.PNS,
                instansi_id=instansi.id,
                unor_id=unor.id,
                email=email,
                email_key=email,
            )
            session.add(pegawai)
            session.flush()
            accounts.append(Account(pegawai_id=pegawai.id))
        session.add_all(accounts)
        session.flush()
        for account in accounts:
            later = now + timedelta(hours=1)
            ref = f"s{account.id}"
            session.add(
                UserSession(
                    ref=ref, account_id=account.id, account_version=1, created_at=now, seen_at=now, expires_at=later
                )
            )
            session.add(LoginTicket(ref=ref, browser=ref, account_id=account.id, account_version=1, expires_at=later))
            session.add(
                ResetRequest(
                    id=ref,
                    subject=ref,
                    account_id=account.id,
                    browser=ref,
                    mask="x",
                    nip="1",
                    email_ref="x",
                    created_at=now,
                    expires_at=later,
                )
            )
    return People(db)


def test_both_spellings_are_kept(people: People) -> None:
    assert people.change(" Baru@Example.GO.ID ")
    with people.db.read() as session:
        pegawai = people.load(session)[1]
        assert (pegawai.email, pegawai.email_key) == (" Baru@Example.GO.ID ", "baru@example.go.id")


def test_what_was_given_out_before_is_dead_and_of_nobody_else(people: People) -> None:
    people.change("baru@example.go.id")
    with people.db.read() as session:
        changed, other = people.load(session)[0], people.load(session, "198503152010012002")[0]
        assert (changed.version, other.version) == (2, 1)
        ended = {row.account_id: row.ended_at is not None for row in session.exec(select(UserSession))}
        assert ended == {changed.id: True, other.id: False}
        assert session.exec(select(LoginTicket.account_id)).all() == [other.id]
        dead = {row.account_id: row.superseded_at is not None for row in session.exec(select(ResetRequest))}
        assert dead == {changed.id: True, other.id: False}


def test_both_addresses_are_told_without_naming_them(people: People) -> None:
    people.change("baru@example.go.id")
    with people.db.read() as session:
        account = people.load(session)[0]
        mails = session.exec(select(OutboxMail)).all()
        assert {mail.recipient for mail in mails} == {None, "lama@example.go.id"}
        assert {mail.template for mail in mails} == {"email-diganti"}
        assert {mail.account_id for mail in mails} == {account.id}
        for mail in mails:
            here = mail.recipient is None
            assert mail.params == {
                "mask_old": "lam*****@example.go.id",
                "mask_new": "bar*****@example.go.id",
                "here": here,
            }
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.tag == AuditTag.EMAIL_CHANGED)).all()
        assert event.subject_id == account.id
        assert "baru@" not in str(event.detail)


def test_a_first_address_tells_only_the_new_one(people: People) -> None:
    with people.db.begin() as session:
        pegawai = people.load(session)[1]
        pegawai.email = pegawai.email_key = None
    people.change("baru@example.go.id")
    with people.db.read() as session:
        (mail,) = session.exec(select(OutboxMail)).all()
        assert (mail.recipient, mail.params["mask_old"]) == (None, "")


def test_another_spelling_of_the_same_address_ends_nothing(people: People) -> None:
    assert not people.change("LAMA@example.go.id ")
    with people.db.read() as session:
        account, pegawai = people.load(session)
        assert (account.version, pegawai.email, pegawai.email_key) == (
            1,
            "LAMA@example.go.id ",
            "lama@example.go.id",
        )
        assert session.exec(select(OutboxMail)).all() == []


@pytest.mark.parametrize("address", ["lain@example.go.id", " LAIN@EXAMPLE.GO.ID", "bukan alamat", ""])
def test_refused_addresses_change_nothing(people: People, address: str) -> None:
    with pytest.raises(UserError) as refused:
        people.change(address)
    assert refused.value.field == "email"
    with people.db.read() as session:
        account, pegawai = people.load(session)
        assert (account.version, pegawai.email_key) == (1, "lama@example.go.id")
        assert session.exec(select(OutboxMail)).all() == []
