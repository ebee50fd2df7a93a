"""The demo agency has exactly the people that the public contract promises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, func, select

from mysapk_web.accounts.passwords import decrypt_totp, verify_password
from mysapk_web.accounts.rules.password import PasswordContext, check_password
from mysapk_web.demo import seed
from mysapk_web.demo.accounts import demo_accounts
from mysapk_web.organisation.rules.email import FREE_MAIL, DomainPolicy
from mysapk_web.organisation.rules.nip import parse_nip
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.organisation.rules.period import PeriodKind, Phase, period_status
from mysapk_web.organisation.rules.period import PeriodWindow as Window
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import Account, RoleGrant
from mysapk_web.organisation.tables.agency import Instansi, Period, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.database import Database
from mysapk_web.platform.rules.timezones import Zone
from mysapk_web.settings import Settings, SettingsError

KEYS = {
    "pegawai",
    "belum_aktif",
    "cpns_menunggu",
    "pppk",
    "ppt_non_asn",
    "email_spasi",
    "email_gratis",
    "verifikator",
    "approver",
    "admin_satker",
    "admin_instansi",
    "admin_bkn",
    "pegawai_lain",
    "admin_instansi_lain",
}
NOT_ACTIVATED = {"belum_aktif", "cpns_menunggu", "email_spasi", "email_gratis"}


@pytest.fixture
def filled(demo_db: Database) -> Database:
    return demo_db


def agency(session: Session, nama: str) -> Instansi:
    return session.exec(select(Instansi).where(Instansi.name == nama)).one()


def head_count(session: Session, nama: str) -> tuple[int, int]:
    people, active = session.exec(
        select(func.count(), func.count(col(Account.activated_at)))
        .select_from(Pegawai)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .where(Pegawai.instansi_id == agency(session, nama).id)
    ).one()
    return people, active


def person(session: Session, key: str, settings: Settings) -> tuple[Pegawai, Account]:
    nip = next(account.nip for account in demo_accounts(settings) if account.key == key)
    return session.exec(
        select(Pegawai, Account).join(Account, col(Account.pegawai_id) == Pegawai.id).where(Pegawai.nip == nip)
    ).one()


def test_exact_head_count(db: Database, settings: Settings) -> None:
    assert seed.seed_database(db, settings)
    with db.read() as session:
        people, active = head_count(session, "Pemerintah Kabupaten Contoh")
        assert (people, active) == (3923, 2829)
        assert f"{100 * active / people:.2f}" == "72.11"
        assert head_count(session, "Pemerintah Kota Misal") == (180, 117)


def test_everybody_has_an_account_and_only_the_activated_a_password(filled: Database) -> None:
    with filled.read() as session:
        people = session.exec(select(func.count()).select_from(Pegawai)).one()
        accounts = session.exec(select(Account.password_hash, Account.activated_at)).all()
    assert len(accounts) == people
    assert all((password is None) == (activated is None) for password, activated in accounts)


def test_second_fill_changes_nothing(filled: Database, settings: Settings) -> None:
    assert not seed.seed_database(filled, settings)
    with filled.read() as session:
        assert head_count(session, "Pemerintah Kabupaten Contoh") == (3923, 2829)


def test_refused_outside_demo_mode(sqlite_db: Database, settings: Settings) -> None:
    real = settings.model_copy(update={"demo": False})
    with pytest.raises(SettingsError, match="MYSAPK_DEMO"):
        seed.seed_database(sqlite_db, real)
    assert demo_accounts(real) == []
    with sqlite_db.read() as session:
        assert session.exec(select(Pegawai)).first() is None


def test_the_same_people_at_every_start(filled: Database, postgres_url: str, settings: Settings) -> None:
    other = Database(postgres_url)
    seed.seed_database(other, settings)
    rows = (
        select(Pegawai.nip, Pegawai.name, Pegawai.email, Unor.name, col(Account.activated_at).is_(None))
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Account, col(Account.pegawai_id) == Pegawai.id)
        .order_by(Pegawai.nip)
    )
    with filled.read() as one, other.read() as two:
        assert one.exec(rows).all() == two.exec(rows).all()
    other.dispose()


def test_every_nip_fits_the_person(filled: Database) -> None:
    today = datetime.now(UTC).date()
    with filled.read() as session:
        for pegawai in session.exec(select(Pegawai)):
            nip = parse_nip(pegawai.nip, jenis=pegawai.jenis, today=today)
            if pegawai.jenis is not JenisPegawai.PPT_NON_ASN:
                assert (nip.birth_date, nip.gender) == (pegawai.birth_date, pegawai.gender)


def test_addresses_are_synthetic(filled: Database) -> None:
    with filled.read() as session:
        keys = [key for key in session.exec(select(Pegawai.email_key)) if key]
    assert [key for key in keys if not key.endswith(".example.go.id")] == ["eli-contoh@gmail.com"]


def test_tree_of_units(filled: Database) -> None:
    with filled.read() as session:
        units = {unit.id: unit for unit in session.exec(select(Unor))}
        places = set(session.exec(select(Pegawai.instansi_id, Pegawai.unor_id)))
        for unit in units.values():
            above = units[unit.parent_id].path if unit.parent_id else ""
            assert unit.path == f"{above}{unit.id}/"
        assert {unit.path.count("/") for unit in units.values()} == {1, 2, 3, 4}
        assert all(units[unor].instansi_id == instansi for instansi, unor in places)
        names = " ".join(unit.name for unit in units.values())
        assert all(word in names for word in ("Dinas", "Badan", "Kecamatan", "SD Negeri", "Puskesmas"))
        assert any(unit.is_satker for unit in units.values())


def test_accounts_of_the_contract(filled: Database, settings: Settings) -> None:
    accounts = {account.key: account for account in demo_accounts(settings)}
    assert set(accounts) == KEYS
    with filled.read() as session:
        for key, account in accounts.items():
            pegawai, stored = person(session, key, settings)
            assert account.email == pegawai.email_key
            assert (account.password is None) == (key in NOT_ACTIVATED)
            if account.password:
                assert verify_password(account.password, stored.password_hash, settings)
            else:
                assert stored.password_hash is None
                assert stored.activated_at is None
            if account.roles:
                assert stored.totp_confirmed_at is not None
                assert decrypt_totp(stored.totp_secret or "", settings) == account.totp_secret
            else:
                assert account.totp_secret is None


def test_passwords_meet_the_rules_for_admins(filled: Database, settings: Settings) -> None:
    with filled.read() as session:
        names = dict(session.exec(select(Pegawai.nip, Pegawai.name)).all())
    for account in demo_accounts(settings):
        if account.password:
            context = PasswordContext(nip=account.nip, name=names[account.nip], email=account.email)
            assert check_password(account.password, context, minimum=12) == [], account.key


def test_roles_and_their_scopes(filled: Database, settings: Settings) -> None:
    wanted = {
        "verifikator": (Role.VERIFIKATOR, "Pemerintah Kabupaten Contoh", "Dinas Pendidikan"),
        "approver": (Role.APPROVER, "Pemerintah Kabupaten Contoh", None),
        "admin_satker": (Role.ADMIN_SATKER, "Pemerintah Kabupaten Contoh", "Dinas Pendidikan"),
        "admin_instansi": (Role.ADMIN_INSTANSI, "Pemerintah Kabupaten Contoh", None),
        "admin_bkn": (Role.ADMIN_BKN, None, None),
        "admin_instansi_lain": (Role.ADMIN_INSTANSI, "Pemerintah Kota Misal", None),
    }
    with filled.read() as session:
        for key, expected in wanted.items():
            account = person(session, key, settings)[1]
            grant = session.exec(select(RoleGrant).where(RoleGrant.account_id == account.id)).one()
            instansi = session.get(Instansi, grant.instansi_id) if grant.instansi_id else None
            unor = session.get(Unor, grant.unor_id) if grant.unor_id else None
            assert (grant.role, instansi and instansi.name, unor and unor.name) == expected
        assert len(session.exec(select(RoleGrant)).all()) == len(wanted)


def test_special_people(filled: Database, settings: Settings) -> None:
    with filled.read() as session:
        blank = person(session, "email_spasi", settings)[0]
        assert (blank.email or "").endswith("go.id ")
        assert blank.email_key == (blank.email or "").strip()
        free = person(session, "email_gratis", settings)[0]
        assert (free.email_key or "").split("@")[1] in FREE_MAIL
        waiting = session.exec(
            select(Pegawai.nip).where(Pegawai.jenis == JenisPegawai.CPNS, col(Pegawai.approved_at).is_(None))
        ).all()
        assert waiting == [person(session, "cpns_menunggu", settings)[0].nip]
        assert person(session, "pppk", settings)[0].jenis is JenisPegawai.PPPK
        assert person(session, "ppt_non_asn", settings)[0].jenis is JenisPegawai.PPT_NON_ASN
        other = agency(session, "Pemerintah Kota Misal")
        assert (other.timezone, other.domain_policy) == ("WITA", DomainPolicy.AGENCY_ONLY)
        assert other.email_domains == ["misalkota.example.go.id"]
        assert person(session, "pegawai_lain", settings)[0].instansi_id == other.id


def test_periods_around_now(filled: Database) -> None:
    now = datetime.now(UTC)
    with filled.read() as session:
        rows = session.exec(select(Period)).all()
        windows = [Window(row.kind, row.starts_at, row.ends_at, row.instansi_id, row.extends) for row in rows]
        other = agency(session, "Pemerintah Kota Misal").id
    national = [window for window in windows if window.instansi_id is None]
    phases = {kind: period_status(national, kind, now, Zone.WIB.info) for kind in PeriodKind}
    assert all(status.phase is Phase.OPEN for status in phases.values())
    assert phases[PeriodKind.VERIFIKASI].days_left > phases[PeriodKind.PDM].days_left
    assert {window.instansi_id for window in windows} == {None, other}
    assert period_status(windows, PeriodKind.PDM, now, Zone.WITA.info).phase is Phase.NOT_OPEN
