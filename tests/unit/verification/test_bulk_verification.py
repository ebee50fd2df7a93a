"""What says that the data is right as it is can be verified together, after a look at a sample."""

from __future__ import annotations

import pytest

from mysapk_web.organisation.rules.roles import Role
from mysapk_web.pdm.rules.proposal import ProposalAction, ProposalState
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.verification import bulk_verification, claims
from mysapk_web.verification.bulk_verification import HISTORY_NOTE, MAX_BULK, SAMPLE_SIZE, BulkResult, bulk_verify
from tests.support.proposals import GOLONGAN, Desk
from tests.support.reviewers import Office, Official

A, S = ProposalAction, ProposalState


def _verifier(office: Office) -> Official:
    """Dewi: Budi has a golongan of his own to propose."""
    return office.someone(office.desk.portal.dewi, Role.VERIFIKATOR)


def _as_it_is(desk: Desk) -> int:
    """A proposal that has to be made although the golongan is right already."""
    record = desk.put("golongan")
    number = desk.start(action="CHANGE", record_id=record)
    desk.attach(number)
    desk.send(number)
    return number


def _numbers(office: Office) -> list[int]:
    return [row.id for row in _verifier(office).see(bulk_verification.bulk_candidates).candidates]


def _together(office: Office, *numbers: int, looked: bool = True) -> BulkResult:
    versions = {number: office.version(number) for number in numbers}
    return _verifier(office).do(bulk_verify, versions, sample_confirmed=looked)


def test_only_what_changes_nothing(office: Office) -> None:
    same = _as_it_is(office.desk)
    other = office.desk.of(office.desk.portal.budi)
    changed = other.draft("golongan", GOLONGAN, action="CHANGE", record_id=other.put("golongan"))
    other.send(changed)
    office.sent()

    seen = _verifier(office).see(bulk_verification.bulk_candidates).candidates
    assert [row.id for row in seen] == [same]
    assert seen[0].sampled
    assert dict(seen[0].rows)["Nomor SK"] == "823/9/2018"
    assert seen[0].documents


def test_all_at_once_and_the_approver_still_decides(office: Office) -> None:
    numbers = [_as_it_is(office.desk), _as_it_is(office.desk.of(office.desk.portal.budi))]
    done = _together(office, *numbers)

    assert (done.verified, done.skipped) == (2, [])
    assert [office.desk.where(number) for number in numbers] == [S.TERVERIFIKASI] * 2
    assert office.desk.trail(numbers[0])[-1].note == HISTORY_NOTE
    assert _numbers(office) == []


def test_the_sample_has_to_be_looked_at(office: Office) -> None:
    number = _as_it_is(office.desk)
    with pytest.raises(UserError, match="contoh"):
        _together(office, number, looked=False)
    with pytest.raises(UserError, match="sedikitnya satu"):
        _together(office)
    assert office.desk.where(number) is S.INPUT_BERKAS


def test_one_that_changes_something_is_kept_out(office: Office) -> None:
    same = _as_it_is(office.desk)
    other = office.desk.of(office.desk.portal.budi)
    changed = other.draft("golongan", GOLONGAN, action="CHANGE", record_id=other.put("golongan"))
    other.send(changed)
    done = _together(office, same, changed)

    assert done.verified == 1
    assert "satu per satu" in done.skipped[0][1]
    assert office.desk.where(changed) is S.INPUT_BERKAS


def test_one_that_was_overtaken_is_kept_out(office: Office) -> None:
    numbers = [_as_it_is(office.desk), _as_it_is(office.desk.of(office.desk.portal.budi))]
    versions = {number: office.version(number) for number in numbers}
    _verifier(office).give_back(numbers[0])
    done = _verifier(office).do(bulk_verify, versions, sample_confirmed=True)

    assert done.verified == 1
    assert "lebih dahulu diproses" in done.skipped[0][1]


def test_one_outside_the_scope_and_nothing_happens(office: Office) -> None:
    inside, other = _as_it_is(office.desk), office.desk.of(office.desk.portal.citra)
    outside = _as_it_is(other)

    with pytest.raises(PermissionDenied):
        _together(office, inside, outside)
    assert [office.desk.where(number) for number in (inside, outside)] == [S.INPUT_BERKAS] * 2


def test_not_the_own(office: Office) -> None:
    mine = _as_it_is(office.desk)
    me = office.someone(office.desk.portal.ani, Role.ADMIN_INSTANSI)
    assert me.see(bulk_verification.bulk_candidates).candidates == []
    with pytest.raises(PermissionDenied):
        me.do(bulk_verify, {mine: office.version(mine)}, sample_confirmed=True)


def test_too_many(office: Office) -> None:
    versions = dict.fromkeys(range(1, MAX_BULK + 2), 1)
    with pytest.raises(UserError, match=str(MAX_BULK)):
        _verifier(office).do(bulk_verify, versions, sample_confirmed=True)
    assert SAMPLE_SIZE < MAX_BULK


def test_only_for_those_who_verify(office: Office) -> None:
    for official in (office.approver, office.bkn, office.someone(office.desk.portal.budi, Role.ADMIN_SATKER)):
        with pytest.raises(PermissionDenied):
            official.see(bulk_verification.bulk_candidates)


def test_what_a_colleague_has_open_is_left_out(office: Office) -> None:
    number = _as_it_is(office.desk)
    office.verifier.do(claims.claim, number)
    assert _numbers(office) == []
    with pytest.raises(UserError, match="Budi Hartono"):
        _together(office, number)


def test_what_a_disabled_account_had_open_is_not_left_out(office: Office) -> None:
    number = _as_it_is(office.desk)
    office.verifier.do(claims.claim, number)
    office.desk.portal.disable(office.desk.portal.budi)
    assert _numbers(office) == [number]
    assert _together(office, number).verified == 1
