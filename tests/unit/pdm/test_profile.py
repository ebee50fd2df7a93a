"""The own profile: shown masked, changed at once, nothing lost, nothing told to the trail but the names of fields."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.form import FieldView
from mysapk_web.pdm.profile.update import CHANGED, ChangedProfile, change_profile
from mysapk_web.pdm.profile.view import ProfileView, load_profile, reveal_value
from mysapk_web.pdm.rules.groups.fields import FieldKind
from mysapk_web.pdm.rules.groups.profil import PROFIL
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord
from mysapk_web.platform.errors import CommittingUserError, FormError, PermissionDenied, UserError
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.rate_limits import REVEALS_PER_ACCOUNT
from tests.support.attempts import together
from tests.support.portal import START, Browser, Portal, after, minutes

KABUPATEN = "1571"
FILLED = {
    "nik": "1571011203850001",
    "nama_ktp": "ANI LESTARI",
    "nomor_kk": "1571012001100001",
    "alamat": "Jalan Melati 5",
    "kabupaten": "1571",
    "nomor_hp": "081298765432",
    "nomor_bpjs": "0001234567890",
    "taspen_nomor": "TSP-99887766",
}


def give_record(portal: Portal, **values: Any) -> int:
    """A record on file, as an import leaves it."""
    with portal.db.begin() as s:
        row = PersonnelRecord(
            pegawai_id=portal.ani.pegawai_id,
            kind="profil",
            payload={**FILLED, **values},
            created_at=START,
            changed_at=START,
        )
        s.add(row)
        s.flush()
        return row.id or 0


@pytest.fixture
def ani(portal: Portal) -> Browser:
    return portal.browser().enter(portal.ani)


def shown(browser: Browser) -> ProfileView:
    with browser.portal.db.read() as s:
        return load_profile(s, browser.actor)


def field(view: ProfileView, name: str) -> FieldView:
    (found,) = [each for section in view.sections for each in section.fields if each.name == name]
    return found


def change(browser: Browser, version: int = 1, **values: str) -> ChangedProfile:
    return browser.act(change_profile, version=version, values=values)


def payload(portal: Portal) -> dict[str, Any]:
    (row,) = portal.rows(PersonnelRecord)
    return row.payload


# Shown ----------------------------------------------------------------------------------------------------------------


def test_sections_stand_in_the_order_of_the_declaration_and_know_the_rolls(portal: Portal, ani: Browser) -> None:
    give_record(portal, nama="Nama lama dari impor", nip="000")
    view = shown(ani)
    assert [section.label for section in view.sections] == list(dict.fromkeys(each.section for each in PROFIL.fields))
    assert field(view, "nama").text == "Ani Lestari"
    assert field(view, "nip").text == portal.ani.nip
    assert field(view, "tanggal_lahir").text == "12 Maret 1985"
    assert field(view, "nama").field.read_only
    assert not field(view, "nomor_hp").field.read_only


def test_sensitive_values_are_masked_everywhere(portal: Portal, ani: Browser) -> None:
    give_record(portal)
    view = shown(ani)
    told = repr(view)
    for name in ("nik", "nomor_kk", "alamat", "nomor_hp", "nomor_bpjs", "taspen_nomor"):
        assert FILLED[name] not in told
        assert field(view, name).text.startswith("*****")
        assert field(view, name).value is None
    assert portal.ani.email not in told
    assert view.address.text == "ani*****@contoh.example.go.id"
    assert field(view, "kabupaten").value == "1571"


def test_what_is_missing_is_said_at_the_field(portal: Portal, ani: Browser) -> None:
    view = shown(ani)
    assert view.version == 1
    assert field(view, "alamat").fault == "Alamat tempat tinggal wajib diisi."
    give_record(portal)
    assert field(shown(ani), "alamat").fault == ""


def test_rubbish_in_the_database_breaks_nothing(portal: Portal, ani: Browser) -> None:
    give_record(portal, alamat=[1, 2], kabupaten={"x": 1}, tmt_pensiun="kapan-kapan", bup="enam puluh", asing="x")
    view = shown(ani)
    assert "asing" not in repr(view)
    assert field(view, "alamat").text == ""


# One by one -----------------------------------------------------------------------------------------------------------


def test_a_number_is_shown_when_asked_for_and_the_trail_knows_which(portal: Portal, ani: Browser) -> None:
    give_record(portal)
    assert ani.act(reveal_value, name="nik") == FILLED["nik"]
    assert ani.act(reveal_value, name="email") == portal.ani.email
    events = portal.events(AuditTag.PROFILE_REVEALED)
    assert [event.detail for event in events] == [{"fields": ["nik"]}, {"fields": ["email"]}]
    assert {event.subject_id for event in events} == {portal.ani.account_id}


@pytest.mark.parametrize("name", ["nama", "kabupaten", "", "password_hash", "payload", "__class__", "NIK"])
def test_only_a_sensitive_field_can_be_asked_for(portal: Portal, ani: Browser, name: str) -> None:
    give_record(portal)
    with pytest.raises(PermissionDenied):
        ani.act(reveal_value, name=name)


def test_what_is_empty_is_said_to_be(ani: Browser) -> None:
    with pytest.raises(UserError, match="NIK belum diisi"):
        ani.act(reveal_value, name="nik")


def test_asking_is_limited_by_the_hour(portal: Portal, ani: Browser) -> None:
    give_record(portal)
    for _ in range(REVEALS_PER_ACCOUNT.count):
        ani.act(reveal_value, name="nik")
    for _ in range(2):
        with pytest.raises(CommittingUserError, match="satu jam"):
            ani.act(reveal_value, name="nik")
    assert len(portal.events(AuditTag.PROFILE_REVEALED)) == REVEALS_PER_ACCOUNT.count
    (passed,) = portal.events(AuditTag.LIMIT_EXCEEDED)
    assert (passed.actor_id, passed.detail) == (portal.ani.account_id, {"limit": "profile:reveal"})
    with after(61 * minutes):
        assert portal.browser().enter(portal.ani).act(reveal_value, name="nik") == FILLED["nik"]


# Changed --------------------------------------------------------------------------------------------------------------


def test_a_change_counts_at_once_and_the_old_value_is_kept(portal: Portal, ani: Browser) -> None:
    record_id = give_record(portal)
    done = change(ani, nomor_hp="+62 812-9999-8888", npwp_nomor="")
    assert (done.version, done.changed) == (2, ["Nomor HP"])
    assert payload(portal) == {**FILLED, "nomor_hp": "081299998888"}
    (former,) = portal.rows(FormerValue)
    assert (former.record_id, former.version, former.payload, former.proposal_id) == (record_id, 1, FILLED, None)
    (event,) = portal.events(AuditTag.PROFILE_CHANGED)
    assert event.detail == {"fields": ["nomor_hp"]}
    for value in ("081299998888", "081298765432"):
        assert value not in portal.everything()["jejak_audit"]


def test_a_person_without_a_record_gets_one(portal: Portal, ani: Browser) -> None:
    done = change(ani, alamat="Jalan Kenanga 7")
    assert done.version == 2
    assert payload(portal) == {"alamat": "Jalan Kenanga 7"}
    assert shown(ani).version == 2
    assert change(ani, 2, alamat="Jalan Kenanga 8").version == 3
    assert [row.version for row in portal.rows(FormerValue)] == [1, 2]


def test_the_same_again_changes_nothing(portal: Portal, ani: Browser) -> None:
    give_record(portal)
    done = change(ani, nomor_hp="0812 9876 5432", alamat="  Jalan   Melati 5 ")
    assert (done.version, done.changed) == (1, [])
    assert portal.rows(FormerValue) == []
    assert portal.events(AuditTag.PROFILE_CHANGED) == []


def test_a_value_can_be_taken_away(portal: Portal, ani: Browser) -> None:
    give_record(portal)
    assert change(ani, taspen_nomor="").changed == ["Nomor Taspen"]
    assert payload(portal)["taspen_nomor"] is None
    with pytest.raises(FormError) as refused:
        change(ani, 2, nomor_hp="")
    assert refused.value.faults == {"nomor_hp": "Nomor HP wajib diisi."}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("nomor_kk", "123", "16 angka"),
        ("nomor_hp", "1234", "diawali 08"),
        ("nomor_bpjs", "12", "13 angka"),
        ("npwp_nomor", "111111111111111", "NPWP"),
        ("email_gov", "bukan email", "@"),
        ("kabupaten", "9999", "tidak ada dalam daftar"),
        ("npwp_tanggal", "31-02-2020", "tanggal"),
        ("npwp_tanggal", "1980-01-01", "sesudah tanggal lahir"),
        ("taspen_tanggal", "2999-01-01", "hari ini"),
        ("alamat", "x" * 301, "300"),
        ("alamat", "x" * 5000, "4000"),
        ("alamat", "a\x00b", "karakter"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_changed(
    portal: Portal, ani: Browser, name: str, value: str, words: str
) -> None:
    give_record(portal)
    with pytest.raises(FormError) as refused:
        change(ani, **{name: value, "taspen_nomor": "TSP-1"})
    assert list(refused.value.faults) == [name]
    assert words in refused.value.faults[name]
    assert payload(portal) == FILLED


@pytest.mark.parametrize("name", ["nip", "nama", "nama_ktp", "email", "tanggal_lahir", "asing", "", "version"])
def test_what_is_not_the_person_s_own_can_t_be_changed(portal: Portal, ani: Browser, name: str) -> None:
    give_record(portal)
    with pytest.raises(FormError) as refused:
        change(ani, **{name: "x"} if name != "version" else {"versi": "2"})
    assert "" in refused.value.faults
    assert payload(portal) == FILLED
    (person,) = portal.rows(Pegawai, Pegawai.nip == portal.ani.nip)
    assert (person.name, person.birth_date) == ("Ani Lestari", date(1985, 3, 12))


def test_an_old_fault_elsewhere_doesn_t_stand_in_the_way(portal: Portal, ani: Browser) -> None:
    give_record(portal, nomor_kk="rusak", alamat=None)
    assert change(ani, nomor_hp="081299998888").changed == ["Nomor HP"]
    assert payload(portal)["nomor_kk"] == "rusak"


def test_a_doubt_warns_and_is_stored(portal: Portal, ani: Browser) -> None:
    give_record(portal)
    done = change(ani, npwp_nomor="3171010101010001")
    assert list(done.warnings) == ["npwp_nomor"]
    assert payload(portal)["npwp_nomor"] == "3171010101010001"


def test_two_tabs_never_overwrite_each_other_unseen(portal: Portal, ani: Browser) -> None:
    give_record(portal)
    change(ani, nomor_hp="081299998888")
    for stale in (1, 0, 3, -1):
        with pytest.raises(UserError) as refused:
            change(ani, stale, nomor_hp="081200000000")
        assert refused.value.sentence == CHANGED
    assert payload(portal)["nomor_hp"] == "081299998888"


@pytest.mark.parametrize("has_record", [True, False])
def test_of_parallel_changes_one_counts(both: Portal, has_record: bool) -> None:
    if has_record:
        give_record(both)
    browser = both.browser().enter(both.ani)
    done = together(5, lambda number: change(browser, nomor_telepon=f"074112345{number}"))
    assert sum(isinstance(each, ChangedProfile) for each in done) == 1
    assert {type(each) for each in done if isinstance(each, Exception)} == {UserError}
    (row,) = both.rows(PersonnelRecord)
    assert row.version == 2
    assert len(both.rows(FormerValue)) == 1


def test_nobody_changes_another_person_s_profile(portal: Portal, ani: Browser) -> None:
    """There is no way to name another person: the actor is all that counts."""
    give_record(portal)
    budi = portal.browser().enter(portal.budi)
    change(budi, alamat="Rumah Budi")
    rows = {row.pegawai_id: row.payload["alamat"] for row in portal.rows(PersonnelRecord)}
    assert rows == {portal.ani.pegawai_id: FILLED["alamat"], portal.budi.pegawai_id: "Rumah Budi"}
    assert FILLED["alamat"] not in repr(shown(budi))


@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.dictionaries(
        st.sampled_from([each.name for each in PROFIL.editable]),
        st.one_of(st.text(max_size=40), st.sampled_from(["081234567890", "1571", "2020-01-01", "Jalan 1", ""])),
        max_size=4,
    )
)
def test_whatever_is_typed_the_stored_profile_stays_right(portal: Portal, values: dict[str, str]) -> None:
    browser = portal.browser().enter(portal.ani)
    before = shown(browser).version
    try:
        done = change(browser, before, **values)
    except FormError:
        assert shown(browser).version == before
        return
    assert done.version - before == bool(done.changed)
    afterwards = shown(browser)
    assert [name for name in values if field(afterwards, name).fault] == []


def test_every_editable_kind_of_field_can_be_shown(ani: Browser) -> None:
    kinds = {each.field.kind for section in shown(ani).sections for each in section.fields if not each.field.read_only}
    assert FieldKind.CODE in kinds
    assert {each.kind for each in PROFIL.editable} == kinds
