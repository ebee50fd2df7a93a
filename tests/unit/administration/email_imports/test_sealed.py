"""The trail is sealed while an import writes into it: whole at every look, and in the end complete."""

from __future__ import annotations

import threading

import pytest

from mysapk_web.administration.email_imports.kind import EMAIL_IMPORT
from mysapk_web.administration.imports import actions, create
from mysapk_web.platform.imports import apply
from mysapk_web.settings import Settings
from tests.support.address_lists import Lists
from tests.unit.administration.email_imports.test_killed import PEOPLE, changed, hire, nip
from tests.unit.organisation.test_hash_chain import seal, verify


def test_an_import_and_two_sealers_at_one_moment(
    lists: Lists, portal_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = lists.office.db
    with db.begin() as session:
        hire(session, lists)
    rows = [(nip(n), f"baru.{n}@k1.example.go.id") for n in range(PEOPLE)]
    run_id = lists.office.do(create.begin, lists.office.actor("taufik"), EMAIL_IMPORT, lists.upload(*rows))
    lists.work()
    lists.office.do(actions.apply, lists.office.actor("taufik"), run_id)
    monkeypatch.setattr(apply, "CHUNK", 20)

    done, faults = threading.Event(), list[object]()

    def seal_on() -> None:
        try:
            while not done.is_set():
                seal(db, portal_settings)
                faults.extend(verify(db, portal_settings).faults)
        except BaseException as error:
            faults.append(error)

    sealers = [threading.Thread(target=seal_on) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    lists.work()
    done.set()
    for sealer in sealers:
        sealer.join()
    seal(db, portal_settings)

    found = verify(db, portal_settings)
    assert (changed(db), faults, found.faults, found.unsealed) == (PEOPLE, [], [], 0)
    assert found.events > PEOPLE
