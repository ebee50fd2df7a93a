"""Whom an import reaches: the people within the scope of who applies it, none with a role that is not below, and never oneself."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from mysapk_web.administration.imports import actions, create
from mysapk_web.administration.imports.kinds import KINDS, importable
from mysapk_web.administration.imports.queries import find_run, list_runs
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform import clock
from mysapk_web.platform.errors import PermissionDenied
from mysapk_web.platform.imports.rules import CommonVerdict as V
from mysapk_web.platform.imports.rules import RunState
from tests.unit.administration.imports.conftest import Files, nip

HEAD = "nip;nama;jenis;instansi;instansi_nama;unor;disetujui"


def person(who: str, name: str, agency: str = "", more: str = ";;") -> str:
    return f"{nip(who) if not who.isdigit() else who};{name};;{agency};{more}"


def names(files: Files) -> dict[str, str]:
    with files.office.db.read() as session:
        return dict(session.exec(select(Pegawai.nip, Pegawai.name)).all())


def test_an_admin_imports_people_of_the_own_agency_only(files: Files) -> None:
    rows = {
        "199001012015011007;Sri Baru;PNS;K1;;;": V.WITH_NOTE,
        "199001012015011008;Sri Lain;PNS;K2;;;": V.OUT_OF_SCOPE,
        "199001012015011009;Sri Antah;PNS;K9;Instansi Baru;;": V.OUT_OF_SCOPE,
        person("ani", "Ani Baru"): V.CHANGED,
        person("sari", "Sari Baru"): V.CHANGED,
        person("eko", "Eko Pindah", "K2"): V.OUT_OF_SCOPE,
        person("citra", "Citra Diambil", "K1"): V.OUT_OF_SCOPE,
        person("citra", "Citra Diubah").replace(nip("citra"), nip("yusuf")): V.OUT_OF_SCOPE,
        person("lina", "Lina Diubah"): V.HIGHER_ROLE,
        person("taufik", "Taufik Sendiri"): V.OWN_ACCOUNT,
    }
    before = names(files)
    run_id = files.begin("taufik", "pegawai", HEAD, *rows)
    assert files.verdicts(run_id) == list(rows.values())
    files.apply("taufik", run_id)
    after = names(files)
    changed = {number for number, name in after.items() if before.get(number) != name}
    assert changed == {"199001012015011007", nip("ani"), nip("sari")}
    with files.office.db.read() as session:
        assert session.exec(select(Instansi).where(Instansi.code == "K9")).all() == []


def test_bkn_moves_people_and_creates_agencies_but_approves_no_cpns(files: Files) -> None:
    run_id = files.begin(
        "surya",
        "pegawai",
        HEAD,
        person("eko", "Eko Wahyudi", "K2"),
        "199001012015011009;Sri Antah;PNS;K9;Instansi Baru;;",
        f"{nip('dewi')};Dewi Anggraini;CPNS;;;;ya",
    )
    assert files.verdicts(run_id) == [V.CHANGED, V.WITH_NOTE, V.REFUSED]
    files.apply("surya", run_id)
    with files.office.db.read() as session:
        assert session.exec(select(Instansi.name).where(Instansi.code == "K9")).all() == ["Instansi Baru"]
        approved = session.exec(select(Pegawai.approved_at).where(Pegawai.nip == nip("dewi"))).one()
        moved = session.exec(
            select(Instansi.code)
            .join(Pegawai, col(Pegawai.instansi_id) == Instansi.id)
            .where(Pegawai.nip == nip("eko"))
        ).one()
    assert (approved, moved) == (None, "K2")


def test_the_admin_of_the_agency_approves_a_cpns(files: Files) -> None:
    run_id = files.begin("taufik", "pegawai", HEAD, f"{nip('dewi')};Dewi Anggraini;CPNS;;;;ya")
    files.apply("taufik", run_id)
    with files.office.db.read() as session:
        assert session.exec(select(Pegawai.approved_at).where(Pegawai.nip == nip("dewi"))).one() is not None


def test_records_are_added_for_people_of_the_scope_and_never_for_oneself(files: Files) -> None:
    rows = [f"{nip(who)};Kursus {who};BKN;S-{who};12-03-2015" for who in ("ani", "citra", "taufik", "lina")]
    head = "nip;nama_kursus;penyelenggara;nomor_sertifikat;tanggal_mulai"
    run_id = files.begin("taufik", "riwayat:kursus", head, *rows)
    verdicts = files.verdicts(run_id)
    assert [V(verdict).good for verdict in verdicts] == [True, False, False, True]
    assert verdicts[1:3] == [V.OUT_OF_SCOPE, V.OWN_ACCOUNT]
    files.apply("taufik", run_id)
    assert files.run(run_id).applied == 2


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        ("sari", "pegawai"),
        ("sari", "riwayat:kursus"),
        ("budi", "email"),
        ("ani", "pegawai"),
        ("taufik", "referensi:agama"),
    ],
)
def test_who_may_not_import_a_kind_begins_none_and_sees_none(quick_files: Files, who: str, kind: str) -> None:
    office = quick_files.office
    with pytest.raises(PermissionDenied):
        office.do(create.admit_upload, office.actor(who), KINDS[kind])
    assert kind not in {each.key for each in importable(office.actor(who))}
    run_id = quick_files.begin(
        "surya", kind, ";".join(KINDS[kind].required), ";".join(["1", *KINDS[kind].required[1:]])
    )
    with pytest.raises(PermissionDenied):
        office.see(find_run, office.actor(who), run_id)
    with pytest.raises(PermissionDenied):
        office.do(actions.apply, office.actor(who), run_id)


def test_admins_of_one_agency_share_their_runs_and_see_none_of_another(quick_files: Files) -> None:
    office = quick_files.office
    run_id = quick_files.begin("taufik", "pegawai", HEAD, person("ani", "Ani Baru"))
    assert [run.id for run in office.see(list_runs, office.actor("lina"), 1).items] == [run_id]
    assert [run.id for run in office.see(list_runs, office.actor("surya"), 1).items] == [run_id]
    assert office.see(list_runs, office.actor("yusuf"), 1).items == []
    assert office.see(list_runs, office.actor("lina"), 1, ("email",)).items == []


def test_a_role_that_is_lost_meanwhile_stops_the_work(files: Files) -> None:
    office = files.office
    run_id = files.begin("taufik", "pegawai", HEAD, person("ani", "Ani Baru"))
    office.do(actions.apply, office.actor("taufik"), run_id)
    with office.db.begin() as session:
        for grant in session.exec(select(RoleGrant).where(RoleGrant.account_id == office.ids["taufik"])):
            grant.revoked_at = clock.now()
    before = names(files)
    files.work()
    assert (files.run(run_id).state, names(files)) == (RunState.FAILED, before)


def test_a_stale_proof_begins_nothing(quick_files: Files) -> None:
    office = quick_files.office
    stale = office.actor("taufik", step_up=None)
    with pytest.raises(Exception, match="konfirmasi"):
        office.do(create.require_import, stale, KINDS["pegawai"])
