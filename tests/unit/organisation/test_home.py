"""The first page knows who one is, and where the period stands."""

from __future__ import annotations

from sqlmodel import col, select

from mysapk_web.demo.accounts import demo_accounts
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.home import HomeView, home_view
from mysapk_web.organisation.tables.account import Account
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.database import Database
from mysapk_web.settings import Settings


def page_of(db: Database, settings: Settings, key: str) -> HomeView:
    nip = next(account.nip for account in demo_accounts(settings) if account.key == key)
    now = clock.now()
    with db.read() as session:
        pegawai, account = session.exec(
            select(Pegawai, Account).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Pegawai.nip == nip)
        ).one()
        actor = Actor(
            account_id=account.id or 0,
            pegawai_id=pegawai.id or 0,
            instansi_id=pegawai.instansi_id,
            session_ref="s",
            session_expires_at=now,
            version=1,
            seen_at=now,
        )
        return home_view(session, actor)


def test_person_unit_and_agency(demo_db: Database, settings: Settings) -> None:
    view = page_of(demo_db, settings, "pegawai")
    assert (view.name, view.jenis) == ("Dewi Rahayu, S.Pd.", "PNS")
    assert (view.unit, view.instansi) == ("SMP Negeri 1 Sukamaju", "Pemerintah Kabupaten Contoh")
    assert page_of(demo_db, settings, "ppt_non_asn").jenis == "PPT Non-ASN"


def test_banner_of_each_agency(demo_db: Database, settings: Settings) -> None:
    mine, other = (page_of(demo_db, settings, key).banner for key in ("pegawai", "pegawai_lain"))
    assert mine is not None
    assert other is not None
    assert (mine.title, mine.dates.count("WIB"), len(mine.more)) == ("Pemutakhiran Data Mandiri sedang dibuka", 2, 2)
    assert (other.title, other.dates.count("WITA")) == ("Pemutakhiran Data Mandiri belum dibuka", 2)
