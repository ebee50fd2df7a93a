"""`mysapk check --documents`: rows without a file, files without a row, and files that are not what they were."""

from __future__ import annotations

import pytest

from mysapk_web.pdm import document_check
from mysapk_web.pdm.document_check import DocumentCheck, check_documents
from mysapk_web.platform import clock, document_store
from tests.support.attempts import statements
from tests.support.document_shelf import Shelf, name_of
from tests.support.portal import after, hours


def counts(found: DocumentCheck) -> tuple[int, ...]:
    return (found.missing.count, found.trashed.count, found.damaged.count, found.unnamed.count)


def spoil(shelf: Shelf, count: int) -> None:
    """So many of each kind, and so many that are whole."""
    for number in range(count):
        shelf.add(b"utuh %d" % number)
        shelf.add(b"hilang %d" % number)
        shelf.add(b"sampah %d" % number)
        shelf.add(b"rusak %d" % number)
        shelf.file(b"tanpa baris %d" % number)
        shelf.remove(shelf.add(b"tidak dipakai %d" % number))
        path_of(shelf, b"hilang %d" % number).unlink()
        path_of(shelf, b"tidak dipakai %d" % number).unlink()
        path_of(shelf, b"rusak %d" % number).write_bytes(b"lain")
        with after(2 * hours):
            document_store.move_to_trash(shelf.folder, name_of(b"sampah %d" % number), clock.now())


def path_of(shelf: Shelf, content: bytes):  # type: ignore[no-untyped-def]
    name = name_of(content)
    return shelf.folder / name[:2] / name[2:4] / f"{name}.pdf"


@pytest.mark.parametrize("batch", [1, 3, 1_000])
def test_everything_is_found_and_named_whatever_the_batch(
    shelf: Shelf, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_check, "BATCH", batch)
    spoil(shelf, 4)
    before = shelf.in_place()
    with after(2 * hours):
        found = check_documents(shelf.db, shelf.folder)
    assert counts(found) == (4, 4, 4, 4)
    assert (found.rows, found.files) == (16, 12)
    assert any(name_of(b"hilang 0") in words for words in found.missing.named)
    assert any(name_of(b"rusak 3") in words for words in found.damaged.named)
    assert any(name_of(b"tanpa baris 1") in words for words in found.unnamed.named)
    assert shelf.in_place() == before


def test_only_the_first_of_many_are_named(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_check, "SHOWN", 2)
    spoil(shelf, 3)
    found = check_documents(shelf.db, shelf.folder)
    assert (found.missing.count, len(found.missing.named)) == (3, 2)


def test_an_upload_under_way_is_no_finding(shelf: Shelf) -> None:
    shelf.file(b"baru saja")
    assert counts(check_documents(shelf.db, shelf.folder)) == (0, 0, 0, 0)
    with after(2 * hours):
        assert counts(check_documents(shelf.db, shelf.folder)) == (0, 0, 0, 1)


@pytest.mark.parametrize("sample", [1, 5, 7, 400])
def test_a_sample_looks_at_so_many_and_each_once(shelf: Shelf, sample: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_check, "BATCH", 4)
    for number in range(7):
        shelf.add(b"utuh %d" % number)
    found = check_documents(shelf.db, shelf.folder, sample=sample)
    assert (found.rows, found.files) == (min(sample, 7), min(sample, 7))
    assert counts(found) == (0, 0, 0, 0)


def test_a_sample_larger_than_the_stock_costs_no_more_than_all(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_check, "BATCH", 4)
    for number in range(7):
        shelf.add(b"utuh %d" % number)
    with statements(shelf.db) as whole:
        check_documents(shelf.db, shelf.folder)
    with statements(shelf.db) as sampled:
        check_documents(shelf.db, shelf.folder, sample=2_000)
    assert len(sampled) <= len(whole) + 2, "it asks for the newest row besides"


def test_nothing_is_wrong_with_nothing(shelf: Shelf) -> None:
    for sample in (None, 5):
        found = check_documents(shelf.db, shelf.folder, sample=sample)
        assert (found.rows, found.files, counts(found)) == (0, 0, (0, 0, 0, 0))
