"""Every row of a list gets its verdict before anything changes, and nothing changes before somebody applies it."""

from __future__ import annotations

import pytest

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import create
from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.platform import clock
from mysapk_web.platform.imports import parse
from mysapk_web.platform.imports.queries import refused_rows
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.address_lists import Lists, nip

V = EmailRowVerdict


def test_verdict_for_every_kind_of_row(lists: Lists) -> None:
    before = lists.addresses()
    run_id = lists.begin(
        "taufik",
        ("ani", "ani.baru@k1.example.go.id"),
        ("eko", " eko.baru@k1.example.go.id "),
        ("dewi", "dewi@k1.example.go.id"),
        ("budi", "eko@k1.example.go.id"),
        ("sari", "bukan alamat"),
        ("ani", "ani.lagi@k1.example.go.id"),
        ("198501012010011999", "x@k1.example.go.id"),
        ("citra", "citra.baru@k2.example.go.id"),
        ("taufik", "taufik.baru@k1.example.go.id"),
        ("lina", "lina.baru@k1.example.go.id"),
        ("1985", "x@k1.example.go.id"),
        ("1.98501E+17", "x@k1.example.go.id"),
    )
    assert lists.verdicts(run_id) == [
        # Ani has two addresses in this file, and which is right is not for it to say.
        V.DUPLICATE,
        V.TRIMMED,
        V.UNCHANGED,
        # Eko gives this address up earlier in the file.
        V.READY,
        V.EMAIL_MALFORMED,
        V.DUPLICATE,
        V.NIP_UNKNOWN,
        V.OUT_OF_SCOPE,
        V.OWN_ACCOUNT,
        V.HIGHER_ROLE,
        V.NIP_MALFORMED,
        V.NIP_DAMAGED,
    ]
    assert lists.addresses() == before
    assert lists.state(run_id) is RunState.READY
    assert sum(lists.run(run_id).counts.values()) == lists.run(run_id).total == 12


def test_whoever_is_below_is_within_reach_also_over_several_steps(lists: Lists) -> None:
    with lists.office.db.begin() as session:
        agency, now = lists.office.ids["K1"], clock.now()
        for key in ("lina", "ani"):
            account = lists.office.ids[key]
            session.add(RoleGrant(account_id=account, role=Role.VERIFIKATOR, instansi_id=agency, granted_at=now))
        bkn = lists.office.ids["eko"]
        session.add(RoleGrant(account_id=bkn, role=Role.ADMIN_BKN, granted_at=now))
    rows = [(key, f"{key}.baru@k1.example.go.id") for key in ("ani", "budi", "sari", "lina", "eko")]
    assert lists.verdicts(lists.begin("surya", *rows)) == [*[V.READY] * 4, V.HIGHER_ROLE]
    assert lists.verdicts(lists.begin("taufik", *rows)) == [*[V.READY] * 3, V.HIGHER_ROLE, V.HIGHER_ROLE]


@pytest.mark.parametrize("size", [1, 2, 2000])
def test_where_two_rows_disagree_none_is_applied(lists: Lists, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(parse, "CHUNK", size)
    run_id = lists.imported(
        "taufik",
        ("ani", "ani.satu@k1.example.go.id"),
        ("budi", "ani@k1.example.go.id"),
        ("eko", "eko.baru@k1.example.go.id"),
        ("ani", "ani.dua@k1.example.go.id"),
        ("ani", "ani.satu@k1.example.go.id"),
    )
    # Ani keeps her address, so nobody else gets it.
    assert lists.verdicts(run_id) == [V.DUPLICATE, V.TAKEN, V.READY, V.DUPLICATE, V.DUPLICATE]
    assert lists.run(run_id).counts == {"ganda": 3, "dipakai": 1, "siap": 1}
    assert (lists.keys()["ani"], lists.keys()["eko"]) == ("ani@k1.example.go.id", "eko.baru@k1.example.go.id")
    notes = [
        note for _, number, _, _, note in refused_rows(lists.office.db, EMAIL_IMPORT, run_id) if number == nip("ani")
    ]
    assert len(notes) == 3
    assert all("baris 2 dan baris 5" in note and note.endswith(".") for note in notes)


def test_a_row_that_says_the_same_again_does_no_harm(lists: Lists) -> None:
    run_id = lists.imported(
        "taufik",
        ("ani", "ani.baru@k1.example.go.id"),
        ("ani", " ANI.baru@k1.example.go.id "),
        ("dewi", "dewi@k1.example.go.id"),
        ("dewi", "dewi@k1.example.go.id"),
    )
    assert lists.verdicts(run_id) == [V.READY, V.DUPLICATE, V.UNCHANGED, V.DUPLICATE]
    assert lists.keys()["ani"] == "ani.baru@k1.example.go.id"
    first, _ = (note for _, _, _, _, note in refused_rows(lists.office.db, EMAIL_IMPORT, run_id) if "baris" in note)
    assert "baris 2" in first


def test_a_row_without_a_good_address_stands_in_no_other_ones_way(lists: Lists) -> None:
    run_id = lists.begin(
        "taufik",
        ("ani", ""),
        ("ani", "bukan alamat"),
        ("ani", "ani.baru@k1.example.go.id"),
        ("ani", " "),
        ("eko", "eko.baru@k1.example.go.id"),
        ("eko", "rusak"),
    )
    assert lists.verdicts(run_id) == [
        V.EMAIL_EMPTY,
        V.EMAIL_MALFORMED,
        V.READY,
        V.EMAIL_EMPTY,
        V.READY,
        V.EMAIL_MALFORMED,
    ]


def test_an_address_that_another_person_keeps_is_taken(lists: Lists) -> None:
    run_id = lists.begin(
        "taufik", ("ani", "eko@k1.example.go.id"), ("dewi", "baru@k1.example.go.id"), ("budi", "baru@k1.example.go.id")
    )
    assert lists.verdicts(run_id) == [V.TAKEN, V.READY, V.TAKEN]


def test_empty_addresses_change_nothing(lists: Lists) -> None:
    run_id = lists.imported("taufik", ("ani", ""), ("eko", "  "))
    assert lists.verdicts(run_id) == [V.EMAIL_EMPTY] * 2
    assert lists.keys()["ani"] == "ani@k1.example.go.id"


def test_the_policy_of_the_agency_counts(lists: Lists) -> None:
    with lists.office.db.begin() as session:
        agency = session.get_one(Instansi, lists.office.ids["K1"])
        agency.domain_policy, agency.email_domains = DomainPolicy.AGENCY_ONLY, ["k1.example.go.id"]
    run_id = lists.begin("taufik", ("ani", "ani@gmail.com"), ("eko", "eko.b@mail.k1.example.go.id"))
    assert lists.verdicts(run_id) == [V.DOMAIN_REFUSED, V.READY]
    with lists.office.db.begin() as session:
        session.get_one(Instansi, lists.office.ids["K1"]).domain_policy = DomainPolicy.WARN_FREE_MAIL
    assert lists.verdicts(lists.begin("taufik", ("ani", "ani@gmail.com"))) == [V.FREE_MAIL]


def test_numbers_of_a_workbook_have_lost_their_digits(quick_lists: Lists) -> None:
    upload = quick_lists.book((int(nip("ani")), "ani.baru@k1.example.go.id"), (nip("eko"), "eko.baru@k1.example.go.id"))
    run_id = quick_lists.office.do(create.begin, quick_lists.office.actor("taufik"), EMAIL_IMPORT, upload)
    quick_lists.work()
    assert quick_lists.verdicts(run_id) == [V.NIP_DAMAGED, V.READY]


def test_a_file_that_is_no_list_fails_with_a_sentence(quick_lists: Lists) -> None:
    for head in ("nama;alamat", "nip;nama", ""):
        upload = quick_lists.upload(("ani", "x@k1.example.go.id"), head=head)
        run_id = quick_lists.office.do(create.begin, quick_lists.office.actor("taufik"), EMAIL_IMPORT, upload)
        quick_lists.work()
        run = quick_lists.run(run_id)
        assert (run.state, run.error.endswith(".")) == (RunState.FAILED, True)


def test_a_list_without_rows_fails_with_a_sentence(quick_lists: Lists) -> None:
    run = quick_lists.run(quick_lists.begin("taufik"))
    assert (run.state, "tidak memuat baris" in run.error) == (RunState.FAILED, True)


def test_the_file_is_gone_after_it_was_read(quick_lists: Lists) -> None:
    quick_lists.begin("taufik", ("ani", "ani.baru@k1.example.go.id"))
    assert list((quick_lists.folder / "impor").iterdir()) == []


def test_applying_is_one_event_with_its_counts(lists: Lists) -> None:
    lists.imported("taufik", ("ani", "ani.baru@k1.example.go.id"), ("eko", "rusak"))
    (event,) = lists.office.events(AuditTag.EMAIL_IMPORTED)
    assert (event.actor_id, event.instansi_id) == (lists.office.ids["taufik"], lists.office.ids["K1"])
    assert (event.detail["applied"], event.detail["verdicts"]) == (1, {"siap": 1, "email-salah": 1})
    (change,) = lists.office.events(AuditTag.EMAIL_CHANGED)
    assert (change.subject_id, change.address) == (lists.office.ids["ani"], "")
