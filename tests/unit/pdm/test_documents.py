"""Documents of proposals: who may do what with them and when, what is kept on disk, and what goes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mysapk_web import settings as settings_module
from mysapk_web.organisation.rules.period import PeriodKind
from mysapk_web.organisation.tables.agency import Period
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm import documents, submit
from mysapk_web.pdm.document_cleanup import clean_up_batch, compare_batch
from mysapk_web.pdm.documents import DocumentTooLargeError, TooManyUploadsError, store_document
from mysapk_web.pdm.pdf_inspection import PdfInspection, PdfRefusedError
from mysapk_web.pdm.presenters import DocumentView, format_size
from mysapk_web.pdm.rules.groups import get_kind
from mysapk_web.pdm.rules.groups.base import RecordAction
from mysapk_web.pdm.rules.proposal import EDITABLE_STATES, ProposalState
from mysapk_web.pdm.tables import Document, Proposal
from mysapk_web.platform import clock, document_store
from mysapk_web.platform.document_store import DocumentDamagedError, DocumentMissingError
from mysapk_web.platform.errors import PermissionDenied, UserError
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.rate_limits import UPLOADS_PER_ACCOUNT
from mysapk_web.verification.document_access import StoredFile, open_document
from tests.support import pdfs
from tests.support.attempts import together
from tests.support.portal import START, Browser, Person, Portal, after, days, hours, minutes


@dataclass
class Desk:
    """Ani with a proposal in an open period, and what lies on disk."""

    portal: Portal
    ani: Browser
    folder: Path
    proposal: int
    rules: list[str] = field(default_factory=list)

    def propose(self, person: Person, key: str = "golongan", **values: Any) -> int:
        with self.portal.db.begin() as s:
            unor_id = s.get_one(Pegawai, person.pegawai_id).unor_id
            row = Proposal(
                pegawai_id=person.pegawai_id,
                group=key,
                kind=key,
                action=RecordAction.ADD,
                unor_id=unor_id,
                created_at=START,
                changed_at=START,
                **values,
            )
            s.add(row)
            s.flush()
            return row.id or 0

    def change(self, proposal: int | None = None, **values: Any) -> None:
        with self.portal.db.begin() as s:
            row = s.get_one(Proposal, proposal or self.proposal)
            for name, value in values.items():
                setattr(row, name, value)

    def upload(self, content: bytes | None = None, *, browser: Browser | None = None, **given: Any) -> DocumentView:
        """Everything that follows once the file has come in."""
        path = document_store.new_inbox_path(self.folder)
        descriptor = document_store.open_new(path)
        os.write(descriptor, pdfs.ordinary() if content is None else content)
        os.close(descriptor)
        wanted = {"proposal_id": self.proposal, "rule": self.rules[0], "name": "SK KP.pdf", **given}
        return store_document(self.portal.db, (browser or self.ani).actor, stream=path, **wanted)

    def admit(self, browser: Browser | None = None, **given: Any) -> documents.UploadSlot:
        wanted = {"proposal_id": self.proposal, "rule": self.rules[0], **given}
        return (browser or self.ani).act(documents.authorize_upload, **wanted)

    def open(self, document_id: int, browser: Browser | None = None) -> StoredFile:
        with self.portal.db.read() as s:
            return open_document(s, (browser or self.ani).actor, document_id=document_id)

    def content(self, document_id: int) -> bytes:
        return document_store.read(self.folder, self.open(document_id).sha256)

    def files(self) -> list[Path]:
        """Everything but the trash and what the folder remembers."""
        found = (path for path in self.folder.rglob("*") if path.is_file() and "trash" not in path.parts)
        return sorted(path for path in found if path.name != document_store.MARKER)

    def live(self) -> list[Document]:
        return [row for row in self.portal.rows(Document) if row.removed_at is None]

    def collect(self, work: Callable[..., int | bool] = clean_up_batch) -> int:
        """Clear away all that is due; gives how many files have gone."""
        before = len(self.files())
        while work(self.portal.db, settings_module.get_settings()):
            pass
        return before - len(self.files())


@pytest.fixture
def desk(portal: Portal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    yield _desk(portal, monkeypatch, tmp_path)
    settings_module.get_settings.cache_clear()


@pytest.fixture
def both_desks(both: Portal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    yield _desk(both, monkeypatch, tmp_path)
    settings_module.get_settings.cache_clear()


def _desk(portal: Portal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    monkeypatch.setenv("MYSAPK_DOCUMENT_DIR", str(tmp_path / "dokumen"))
    settings_module.get_settings.cache_clear()
    with portal.db.begin() as s:
        for which, end in ((PeriodKind.PDM, 30), (PeriodKind.VERIFIKASI, 60)):
            s.add(Period(kind=which, starts_at=START - timedelta(days=1), ends_at=START + timedelta(days=end)))
    desk = Desk(portal, portal.browser().enter(portal.ani), tmp_path / "dokumen", 0)
    desk.rules = [rule.code for rule in get_kind("golongan").documents]
    desk.proposal = desk.propose(portal.ani)
    return desk


# Taking in ------------------------------------------------------------------------------------------------------------


def test_a_document_is_kept_under_its_hash_for_this_account_only(desk: Desk) -> None:
    shown = desk.upload(name="C:\\Users\\ani\\SK KP 2026.PDF")
    assert (shown.name, shown.pages, shown.rule) == ("SK KP 2026.pdf", 1, desk.rules[0])
    (path,) = desk.files()
    digest = document_store.digest(path)
    assert path.relative_to(desk.folder).parts == (digest[:2], digest[2:4], f"{digest}.pdf")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}
    assert desk.content(shown.id) == path.read_bytes()
    (event,) = desk.portal.events(AuditTag.DOCUMENT_UPLOADED)
    assert (event.actor_id, event.detail["proposal_id"], event.detail["sha256"]) == (
        desk.portal.ani.account_id,
        desk.proposal,
        digest,
    )
    assert "SK KP" not in repr(event.detail)


def test_equal_documents_share_one_file(desk: Desk) -> None:
    second = desk.propose(desk.portal.ani, "penghargaan")
    same = pdfs.ordinary()  # written once: it holds the second in which it was made
    desk.upload(same)
    desk.upload(same, proposal_id=second, rule=get_kind("penghargaan").documents[0].code)
    assert len(desk.live()) == 2
    assert len(desk.files()) == 1


def test_a_new_document_takes_the_place_of_the_old(desk: Desk) -> None:
    first = desk.upload()
    second = desk.upload(pdfs.ordinary(2))
    assert [row.id for row in desk.live()] == [second.id]
    with pytest.raises(PermissionDenied):
        desk.open(first.id)
    assert desk.portal.events(AuditTag.DOCUMENT_UPLOADED)[-1].detail["replaced"] is True


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"x", PdfRefusedError), (pdfs.with_file_inside(), PdfRefusedError), (b"", PdfRefusedError)],
)
def test_a_refused_file_leaves_nothing(desk: Desk, content: bytes, refusal: type[UserError]) -> None:
    with pytest.raises(refusal):
        desk.upload(content)
    assert (desk.files(), desk.live(), desk.portal.events(AuditTag.DOCUMENT_UPLOADED)) == ([], [], [])


def test_the_limit_of_the_rule_stands_also_when_the_route_has_let_it_pass(desk: Desk) -> None:
    noise = os.urandom(1_100_000)
    with pytest.raises(DocumentTooLargeError) as refused:
        desk.upload(pdfs.with_stream(noise))
    assert "1 MB" in refused.value.sentence
    assert desk.live() == []


@pytest.mark.parametrize("name", ["surat.exe", "surat.pdf.exe", "surat.pdf\x00.exe", "surat.docx", "foto.jpg"])
def test_another_extension_is_refused_and_nothing_stays(desk: Desk, name: str) -> None:
    with pytest.raises(UserError, match="berakhiran"):
        desk.upload(name=name)
    assert desk.files() == []


def test_a_signed_document_is_told_to_be_one(desk: Desk) -> None:
    content = pdfs.signed()
    shown = desk.upload(content)
    assert shown.signed
    assert desk.content(shown.id) == content


def test_a_link_in_the_way_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    victim = tmp_path / "milik-orang"
    victim.write_text("asli")
    trap = document_store.new_inbox_path(desk.folder)
    trap.symlink_to(victim)
    with pytest.raises(FileExistsError):
        document_store.open_new(trap)
    assert victim.read_text() == "asli"


# Who and when ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["budi", "lain"])
def test_nobody_touches_another_person_s_documents(desk: Desk, who: str) -> None:
    """Budi is a verifikator of the same agency: scope over documents comes with verification, not before."""
    shown = desk.upload()
    if who == "lain":
        with desk.portal.db.begin() as s:
            s.get_one(Pegawai, desk.portal.budi.pegawai_id).instansi_id = desk.portal.citra.instansi_id
    budi = desk.portal.browser().enter(desk.portal.budi)
    for act in (
        lambda: desk.admit(budi),
        lambda: desk.upload(pdfs.ordinary(2), browser=budi),
        lambda: desk.open(shown.id, budi),
        lambda: budi.act(documents.remove_document, document_id=shown.id),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert [row.id for row in desk.live()] == [shown.id]


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**62])
def test_what_does_not_exist_is_answered_like_what_is_another_s(desk: Desk, number: int) -> None:
    for act in (
        lambda: desk.admit(proposal_id=number),
        lambda: desk.upload(proposal_id=number),
        lambda: desk.open(number),
        lambda: desk.ani.act(documents.remove_document, document_id=number),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize("rule", ["", "999", "858'--", "../../etc"])
def test_a_document_that_the_record_does_not_ask_for_is_not_taken(desk: Desk, rule: str) -> None:
    with pytest.raises(PermissionDenied):
        desk.admit(rule=rule)
    with pytest.raises(PermissionDenied):
        desk.upload(rule=rule)


@pytest.mark.parametrize("state", list(ProposalState))
def test_only_a_proposal_that_may_be_changed_takes_documents(desk: Desk, state: ProposalState) -> None:
    shown = desk.upload()
    desk.change(state=state)
    if state in EDITABLE_STATES:
        assert desk.admit().max_bytes == 1_048_576
        desk.upload(pdfs.ordinary(2))
        return
    for act in (
        desk.admit,
        lambda: desk.upload(pdfs.ordinary(2)),
        lambda: desk.ani.act(documents.remove_document, document_id=shown.id),
    ):
        with pytest.raises(UserError):
            act()
    assert [row.id for row in desk.live()] == [shown.id]


def test_a_closed_period_keeps_what_is_there(desk: Desk) -> None:
    shown = desk.upload()
    with after(29 * days - 1):
        desk.ani.enter(desk.portal.ani)
        desk.upload(pdfs.ordinary(2))
    with after(30 * days):
        browser = desk.portal.browser().enter(desk.portal.ani)
        for act in (lambda: desk.admit(browser), lambda: desk.upload(pdfs.ordinary(3), browser=browser)):
            with pytest.raises(UserError, match="ditutup"):
                act()
        kept = desk.live()[0]
        assert kept.id != shown.id
        assert desk.open(kept.id or 0, browser).size == kept.size


def test_what_came_back_may_be_repaired_until_verification_closes(desk: Desk) -> None:
    desk.change(state=ProposalState.PERBAIKAN_MYSAPK, sent_at=START)
    with after(59 * days):
        desk.upload(browser=desk.portal.browser().enter(desk.portal.ani))
    with after(60 * days), pytest.raises(UserError, match="ditutup"):
        desk.upload(browser=desk.portal.browser().enter(desk.portal.ani))


def test_a_proposal_that_was_sent_while_the_file_was_judged_is_not_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(source: Path, target: Path) -> PdfInspection:
        target.write_bytes(source.read_bytes())
        desk.change(state=ProposalState.INPUT_BERKAS, sent_at=clock.now())
        return PdfInspection(1, signed=False)

    monkeypatch.setattr(documents, "inspect_pdf", slow)
    with pytest.raises(UserError, match="Input Berkas"):
        desk.upload()
    assert desk.live() == []
    with after(2 * hours):
        assert desk.collect(compare_batch) == 1
    assert desk.files() == []


def test_an_upload_that_is_stored_is_told_so_though_the_folder_can_not_remember_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(document_store, "write_marker", full)
    shown = desk.upload()
    assert desk.content(shown.id)
    assert [row.id for row in desk.live()] == [shown.id]


def test_removing_takes_it_out_and_says_so_twice(desk: Desk) -> None:
    shown = desk.upload()
    desk.ani.act(documents.remove_document, document_id=shown.id)
    with pytest.raises(PermissionDenied):
        desk.open(shown.id)
    with pytest.raises(UserError, match="sudah tidak ada"):
        desk.ani.act(documents.remove_document, document_id=shown.id)
    assert len(desk.portal.events(AuditTag.DOCUMENT_REMOVED)) == 1


def test_documents_of_a_withdrawn_proposal_are_no_longer_shown(desk: Desk) -> None:
    shown = desk.upload()
    desk.change(state=ProposalState.DIHAPUS, ended_at=START)
    with pytest.raises(UserError, match="ditarik"):
        desk.open(shown.id)


# How much -------------------------------------------------------------------------------------------------------------


def test_uploads_are_limited_and_the_count_stays_when_they_are_refused(desk: Desk) -> None:
    for _ in range(UPLOADS_PER_ACCOUNT.count):
        desk.admit()
    for _ in range(2):
        with pytest.raises(TooManyUploadsError, match="satu jam"):
            desk.admit()
    (passed,) = desk.portal.events(AuditTag.LIMIT_EXCEEDED)
    assert (passed.actor_id, passed.detail) == (desk.portal.ani.account_id, {"limit": "document:account"})
    with after(61 * minutes):
        desk.portal.browser().enter(desk.portal.ani).act(
            documents.authorize_upload, proposal_id=desk.proposal, rule=desk.rules[0]
        )


def test_there_is_only_so_much_room(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents.Quota, "left", property(lambda quota: max(0, 2000 - quota.used)))
    first = desk.upload(pdfs.ordinary(2))
    assert first.size > 1000
    another = desk.propose(desk.portal.ani, "penghargaan")
    rule = get_kind("penghargaan").documents[0].code
    with pytest.raises(UserError, match="penuh"):
        desk.upload(pdfs.ordinary(3), proposal_id=another, rule=rule)
    # What is replaced makes room for what replaces it.
    desk.upload(pdfs.ordinary(2, "SK lain"))
    # A proposal that is decided takes no room.
    desk.change(state=ProposalState.TELAH_UPDATE, ended_at=START)
    desk.upload(pdfs.ordinary(2), proposal_id=another, rule=rule)


def test_the_room_of_one_person_is_not_that_of_another(desk: Desk) -> None:
    desk.upload()
    budi = desk.portal.browser().enter(desk.portal.budi)
    with desk.portal.db.read() as s:
        assert documents.quota(s, desk.ani.actor).used == desk.live()[0].size
        assert documents.quota(s, budi.actor).used == 0
        assert documents.quota(s, budi.actor).left == documents.QUOTA


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 KB"), (1024, "1 KB"), (850 * 1024, "850 KB"), (1_048_576, "1 MB"), (1_572_864, "1,5 MB")],
)
def test_sizes_are_told_as_people_read_them(count: int, words: str) -> None:
    assert format_size(count) == words


# At the same moment ---------------------------------------------------------------------------------------------------


def test_parallel_uploads_into_one_place_leave_one_document(both_desks: Desk) -> None:
    desk = both_desks
    done = together(6, lambda number: desk.upload(pdfs.ordinary(1, f"SK nomor {number}")))
    assert [each for each in done if isinstance(each, Exception)] == []
    (kept,) = desk.live()
    assert desk.content(kept.id or 0)
    with after(2 * hours):
        assert desk.collect() == 5
    assert len(desk.files()) == 1


def test_parallel_uploads_don_t_overrun_the_room(both_desks: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = both_desks
    monkeypatch.setattr(documents.Quota, "left", property(lambda quota: max(0, 2500 - quota.used)))
    places = [desk.propose(desk.portal.ani) for _ in range(5)]
    done = together(5, lambda number: desk.upload(pdfs.ordinary(1, f"SK nomor {number}"), proposal_id=places[number]))
    refused = [each for each in done if isinstance(each, UserError)]
    assert [each for each in done if isinstance(each, Exception)] == refused
    assert refused
    assert sum(row.size for row in desk.live()) <= 2500


# What goes ------------------------------------------------------------------------------------------------------------


def test_what_nobody_needs_goes_after_an_hour_and_not_before(desk: Desk) -> None:
    desk.upload()
    kept = desk.upload(pdfs.ordinary(2))
    left = document_store.new_inbox_path(desk.folder)
    left.write_bytes(b"terputus")
    os.utime(left, (START.timestamp(), START.timestamp()))
    assert desk.collect() == 0
    with after(hours + 60):
        assert desk.collect() == 2
        assert desk.collect() == 0
    assert len(desk.files()) == 1
    assert desk.content(kept.id)


def test_what_a_verifikator_saw_is_kept_when_it_is_replaced(desk: Desk) -> None:
    desk.upload()
    with after(hours):
        desk.change(state=ProposalState.PERBAIKAN_MYSAPK, sent_at=clock.now())
    with after(2 * hours):
        browser = desk.portal.browser().enter(desk.portal.ani)
        desk.upload(pdfs.ordinary(2), browser=browser)
        desk.upload(pdfs.ordinary(3), browser=browser)
    with after(4 * hours):
        assert desk.collect() == 1
    assert len(desk.files()) == 2


def test_a_withdrawn_proposal_takes_its_documents_along(desk: Desk) -> None:
    desk.upload()
    desk.change(state=ProposalState.INPUT_BERKAS, sent_at=clock.now())
    desk.ani.act(submit.withdraw_proposal, proposal_id=desk.proposal, version=desk.portal.rows(Proposal)[0].version)
    with after(2 * hours):
        assert desk.collect() == 1
    assert desk.files() == []


def test_a_file_that_another_proposal_needs_stays(desk: Desk) -> None:
    first = desk.upload()
    another = desk.propose(desk.portal.ani, "penghargaan")
    second = desk.upload(proposal_id=another, rule=get_kind("penghargaan").documents[0].code)
    desk.ani.act(documents.remove_document, document_id=first.id)
    with after(2 * hours):
        assert desk.collect() == 0
    assert desk.content(second.id)


def test_foreign_files_in_the_folder_are_left_alone(desk: Desk) -> None:
    folder = desk.folder / "ab" / "cd"
    folder.mkdir(parents=True)
    (folder / "catatan.pdf").write_text("x")
    (desk.folder / "README").write_text("x")
    with after(2 * days):
        assert desk.collect() == 0
    assert len(desk.files()) == 2


# On disk --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["gone", "changed", "cut"])
def test_a_file_that_is_not_what_was_stored_is_not_given_out(desk: Desk, harm: str) -> None:
    shown = desk.upload()
    (path,) = desk.files()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] if harm == "cut" else b"%PDF-lain")
    with pytest.raises(DocumentDamagedError) as told:
        desk.content(shown.id)
    assert isinstance(told.value, DocumentMissingError) is (harm == "gone")


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "/.."])
def test_nothing_but_a_hash_becomes_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentDamagedError):
        document_store.read(tmp_path, name)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=3000))
def test_any_bytes_come_back_as_they_were(tmp_path: Path, content: bytes) -> None:
    source = document_store.new_inbox_path(tmp_path)
    source.write_bytes(content)
    sha256 = document_store.store(tmp_path, source, START)
    assert document_store.read(tmp_path, sha256) == content
    assert not source.exists()


def test_use_cases_of_transactions_need_no_file(desk: Desk) -> None:
    """What is judged is judged outside a transaction: other people's writes never wait for a document."""
    taken: list[bool] = []

    def watch(source: Path, target: Path) -> PdfInspection:
        in_transaction(desk.portal.db, lambda s: s.get_one(Proposal, desk.proposal))  # would wait for ever inside one
        taken.append(True)
        target.write_bytes(source.read_bytes())
        return PdfInspection(1, signed=False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "inspect_pdf", watch)
        desk.upload()
    assert taken == [True]
