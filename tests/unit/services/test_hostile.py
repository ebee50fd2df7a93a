"""What an address or a form may hold meets both databases: odd numbers and texts are answered like what does not exist."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from mysapk_web.domain.number import HIGHEST, number_of
from mysapk_web.domain.roles import Permission
from mysapk_web.domain.text import storable
from mysapk_web.services import (
    announcements,
    documents,
    email_imports,
    email_repair,
    email_requests,
    mail_log,
    notices,
    pdm,
    people,
    period_admin,
    trail,
    verification,
)
from mysapk_web.services.actor import InputRefused, NotAllowed, Refused
from mysapk_web.services.help import ContactView
from mysapk_web.services.progress import places
from tests.unit.services.office import Office

SENT = ("2147483647", "2147483648", "9999999999", "99999999999", "999999999999", "9" * 18, "9" * 30, 2**31, 2**70)


def use(office: Office, case: Any, who: str, *args: Any, **named: Any) -> Any:
    return office.do(case, office.actor(who), *args, **named)


USES: dict[str, Callable[[Office, int], Any]] = {
    "person": lambda o, n: use(o, people.person_file, "lina", n),
    "unlock": lambda o, n: o.do(people.unlock, account_id=n, actor=o.actor("lina")),
    "grant": lambda o, n: use(o, people.grant_role, "lina", account_id=n, role="APPROVER", unit=""),
    "revoke": lambda o, n: use(o, people.revoke_role, "lina", grant_id=n),
    "letter": lambda o, n: use(o, mail_log.retry, "lina", mail_id=n),
    "period": lambda o, n: use(o, period_admin.remove, "lina", period_id=n),
    "announcement": lambda o, n: use(o, announcements.end, "lina", announcement_id=n),
    "edited announcement": lambda o, n: use(
        o, announcements.edit, "lina", announcement_id=n, seen="", judul="a", isi="b", last=None
    ),
    "token": lambda o, n: use(o, email_imports.revoke_token, "lina", token_id=n),
    "run": lambda o, n: use(o, email_imports.find_run, "lina", n),
    "rows": lambda o, n: use(o, email_imports.list_rows, "lina", n, verdict=None, nip="", number=1),
    "run of a token": lambda o, n: o.do(email_imports.run_of_token, email_imports.Caller(1, 1), n),
    "request": lambda o, n: use(o, email_requests.accept, "lina", request_id=n, reason="uji"),
    "repair": lambda o, n: use(o, email_repair.person, "lina", account_id=n),
    "claim": lambda o, n: use(o, verification.claim, "budi", n),
    "proposal": lambda o, n: use(o, verification.open_proposal, "budi", n),
    "inbox": lambda o, n: use(o, verification.inbox, "budi", verification.read_filters({"unit": str(n)})),
    "page": lambda o, n: use(o, verification.inbox, "budi", verification.read_filters({}), n),
    "pages of runs": lambda o, n: use(o, email_imports.list_runs, "lina", n),
    "pages of people": lambda o, n: use(o, people.search, "lina", people.Wanted(page=n)),
    "pages of letters": lambda o, n: use(o, mail_log.mails, "lina", mail_log.Filter(), n),
    "document": lambda o, n: use(o, documents.open_document, "budi", document_id=n),
    "removal": lambda o, n: use(o, documents.remove, "ani", document_id=n),
    "form": lambda o, n: use(o, pdm.form, "ani", n),
    "notice": lambda o, n: use(o, notices.mark_read, "ani", notice_id=n),
    "agency": lambda o, n: use(o, places.find, "lina", Permission.PROGRESS_READ, f"i{n}"),
    "unit": lambda o, n: use(o, places.find, "lina", Permission.PROGRESS_READ, f"u{n}"),
}


@pytest.mark.parametrize("name", list(USES))
def test_a_number_that_no_row_can_have_is_answered_like_one_that_none_has(both_offices: Office, name: str) -> None:
    answers = {answered(both_offices, name, number_of(sent)) for sent in SENT}
    assert len(answers) == 1
    assert answers <= {answered(both_offices, name, 999_999)}


def answered(office: Office, name: str, number: int) -> str:
    """The kind of the answer; a fault of the database is none."""
    try:
        return type(USES[name](office, number)).__name__
    except (NotAllowed, Refused, InputRefused) as refusal:
        return type(refusal).__name__


@pytest.mark.parametrize("letter", ["i", "u"])
@pytest.mark.parametrize("number", ["9" * 9, "9" * 10, "9" * 30, str(HIGHEST + 1), "0", "-1", "\x00"])
def test_a_place_of_an_address_that_can_not_be_is_outside_the_scope(
    both_offices: Office, letter: str, number: str
) -> None:
    with pytest.raises(NotAllowed):
        use(both_offices, places.find, "lina", Permission.PROGRESS_READ, f"{letter}{number}")


@pytest.mark.parametrize("unit", ["9" * 9, "9" * 11, "9" * 12, str(HIGHEST + 1), "-1", "x"])
def test_a_unit_of_a_filter_that_can_not_be_narrows_no_more_than_one_that_is_not(
    both_offices: Office, unit: str
) -> None:
    filters = verification.read_filters({"unit": unit})
    assert 0 <= filters.unit <= HIGHEST
    use(both_offices, verification.inbox, "budi", filters)


ODD = (
    "a\x00b\ud800aaa",
    "aaa\U0010ffff",
    "aa\ud7ff",
    "%_\\" * 3,
    "\u202eaaa",
    "İİİ",
    "ﬀﬀﬀ",
    "'\"--",
    "x" * 300,
    "9" * 19,
    " ",
)
TEXTS: dict[str, Callable[[Office, str], Any]] = {
    "people": lambda o, t: use(o, people.search, "surya", people.Wanted(text=t)),
    "people of an agency": lambda o, t: use(o, people.search, "lina", people.Wanted(text=t)),
    "people of a unit": lambda o, t: use(o, people.search, "lina", people.Wanted(unit=t)),
    "people by agency": lambda o, t: use(o, people.search, "surya", people.Wanted(agency=t)),
    "units of a role": lambda o, t: use(o, people.suggest_for, "lina", o.ids["ani"], t),
    "role": lambda o, t: use(o, people.propose_role, "lina", account_id=o.ids["ani"], role=t, unit=t),
    "repair": lambda o, t: use(o, email_repair.find_people, "lina", text=t),
    "address": lambda o, t: use(o, email_repair.check, "lina", account_id=o.ids["ani"], email=f"{t}@x.go.id"),
    "domain": lambda o, t: use(o, email_repair.check, "lina", account_id=o.ids["ani"], email=f"a@{t}.go.id"),
    "reason": lambda o, t: o.do(people.disable_account, actor=o.actor("lina"), account_id=o.ids["ani"], reason=t),
    "letters": lambda o, t: use(o, mail_log.mails, "lina", mail_log.Filter(letter=t, nip=t)),
    "trail": lambda o, t: use(o, trail.events, "lina", trail.Filter(t, t, t)),
    "inbox": lambda o, t: use(
        o, verification.inbox, "budi", verification.read_filters({"nama": t, "nip": t, "unit": t})
    ),
    "rows": lambda o, t: use(o, email_imports.list_rows, "lina", 1, verdict=None, nip=t, number=1),
    "token": lambda o, t: use(o, email_imports.make_token, "lina", label=t),
    "secret of a token": lambda o, t: o.do(email_imports.caller_of, t),
    "codes": lambda o, t: o.do(pdm.search_codes, "jabatan_pelaksana", t),
    "contact": lambda o, t: use(o, announcements.save_contact, "lina", "", ContactView(t, "021-80930", "", "", "", t)),
    "place": lambda o, t: use(o, places.find, "lina", Permission.PROGRESS_READ, t),
}


@pytest.mark.parametrize("name", list(TEXTS))
def test_odd_texts_are_no_fault_of_either_database(both_offices: Office, name: str) -> None:
    """Cleaned as every border cleans them; what is left is found, or not, or refused in words."""
    for text in ODD:
        with contextlib.suppress(NotAllowed, Refused, InputRefused):
            TEXTS[name](both_offices, storable(text))
