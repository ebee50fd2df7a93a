"""What an address or a form may hold meets both databases: odd numbers and texts are answered like what does not exist."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from mysapk_web.administration import announcements, email_correction, email_requests, mail_log, period_admin
from mysapk_web.administration.audit.search import AuditFilter, search_events
from mysapk_web.administration.email_imports.api_tokens import Caller, caller_of, make_token, revoke_token
from mysapk_web.administration.imports.queries import find_run, list_rows, list_runs, run_of_token
from mysapk_web.administration.people import accounts, search
from mysapk_web.administration.people.accounts import disable_account
from mysapk_web.administration.people.detail import account_detail
from mysapk_web.administration.people.grant_list import suggest_role_units
from mysapk_web.administration.people.grants import grant_role, preview_grant, revoke_role
from mysapk_web.administration.people.search import PeopleFilter
from mysapk_web.organisation import notices
from mysapk_web.organisation.help import ContactView
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm import documents, form
from mysapk_web.pdm.code_tables import search_codes
from mysapk_web.platform.errors import FormError, PermissionDenied, UserError
from mysapk_web.platform.rules.row_id import HIGHEST, parse_row_id
from mysapk_web.platform.rules.text import strip_unstorable
from mysapk_web.progress import org_nodes
from mysapk_web.verification import claims, inbox
from mysapk_web.verification.detail import open_proposal
from mysapk_web.verification.document_access import open_document
from mysapk_web.verification.filters import read_filters
from tests.support.agencies import Office

SENT = ("2147483647", "2147483648", "9999999999", "99999999999", "999999999999", "9" * 18, "9" * 30, 2**31, 2**70)


def use(office: Office, case: Any, who: str, *args: Any, **named: Any) -> Any:
    return office.do(case, office.actor(who), *args, **named)


USES: dict[str, Callable[[Office, int], Any]] = {
    "person": lambda o, n: use(o, account_detail, "lina", n),
    "unlock": lambda o, n: o.do(accounts.unlock_account, account_id=n, actor=o.actor("lina")),
    "grant": lambda o, n: use(o, grant_role, "lina", account_id=n, role="APPROVER", unit=""),
    "revoke": lambda o, n: use(o, revoke_role, "lina", grant_id=n),
    "letter": lambda o, n: use(o, mail_log.retry_mail, "lina", mail_id=n),
    "period": lambda o, n: use(o, period_admin.remove_period, "lina", period_id=n),
    "announcement": lambda o, n: use(o, announcements.retract, "lina", announcement_id=n),
    "edited announcement": lambda o, n: use(
        o, announcements.edit, "lina", announcement_id=n, seen="", title="a", body="b", last_day=None
    ),
    "token": lambda o, n: use(o, revoke_token, "lina", token_id=n),
    "run": lambda o, n: use(o, find_run, "lina", n),
    "rows": lambda o, n: use(o, list_rows, "lina", n, verdict=None, key="", number=1),
    "run of a token": lambda o, n: o.do(run_of_token, Caller(1, 1), n),
    "request": lambda o, n: use(o, email_requests.accept_request, "lina", request_id=n, reason="uji"),
    "repair": lambda o, n: use(o, email_correction.get_person, "lina", account_id=n),
    "claim": lambda o, n: use(o, claims.claim, "budi", n),
    "proposal": lambda o, n: use(o, open_proposal, "budi", n),
    "inbox": lambda o, n: use(o, inbox.inbox_page, "budi", read_filters({"unit": str(n)})),
    "page": lambda o, n: use(o, inbox.inbox_page, "budi", read_filters({}), n),
    "pages of runs": lambda o, n: use(o, list_runs, "lina", n),
    "pages of people": lambda o, n: use(o, search.list_people, "lina", PeopleFilter(page=n)),
    "pages of letters": lambda o, n: use(o, mail_log.list_mail, "lina", mail_log.MailFilter(), n),
    "document": lambda o, n: use(o, open_document, "budi", document_id=n),
    "removal": lambda o, n: use(o, documents.remove_document, "ani", document_id=n),
    "form": lambda o, n: use(o, form.load_form, "ani", n),
    "notice": lambda o, n: use(o, notices.mark_read, "ani", notice_id=n),
    "agency": lambda o, n: use(o, org_nodes.find_node, "lina", Permission.PROGRESS_READ, f"i{n}"),
    "unit": lambda o, n: use(o, org_nodes.find_node, "lina", Permission.PROGRESS_READ, f"u{n}"),
}


@pytest.mark.parametrize("name", list(USES))
def test_a_number_that_no_row_can_have_is_answered_like_one_that_none_has(both_offices: Office, name: str) -> None:
    answers = {answered(both_offices, name, parse_row_id(sent)) for sent in SENT}
    assert len(answers) == 1
    assert answers <= {answered(both_offices, name, 999_999)}


def answered(office: Office, name: str, number: int) -> str:
    """The kind of the answer; a fault of the database is none."""
    try:
        return type(USES[name](office, number)).__name__
    except (PermissionDenied, UserError, FormError) as refusal:
        return type(refusal).__name__


@pytest.mark.parametrize("letter", ["i", "u"])
@pytest.mark.parametrize("number", ["9" * 9, "9" * 10, "9" * 30, str(HIGHEST + 1), "0", "-1", "\x00"])
def test_a_place_of_an_address_that_can_not_be_is_outside_the_scope(
    both_offices: Office, letter: str, number: str
) -> None:
    with pytest.raises(PermissionDenied):
        use(both_offices, org_nodes.find_node, "lina", Permission.PROGRESS_READ, f"{letter}{number}")


@pytest.mark.parametrize("unit", ["9" * 9, "9" * 11, "9" * 12, str(HIGHEST + 1), "-1", "x"])
def test_a_unit_of_a_filter_that_can_not_be_narrows_no_more_than_one_that_is_not(
    both_offices: Office, unit: str
) -> None:
    filters = read_filters({"unit": unit})
    assert 0 <= filters.unit <= HIGHEST
    use(both_offices, inbox.inbox_page, "budi", filters)


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
    "people": lambda o, t: use(o, search.list_people, "surya", PeopleFilter(text=t)),
    "people of an agency": lambda o, t: use(o, search.list_people, "lina", PeopleFilter(text=t)),
    "people of a unit": lambda o, t: use(o, search.list_people, "lina", PeopleFilter(unit=t)),
    "people by agency": lambda o, t: use(o, search.list_people, "surya", PeopleFilter(agency=t)),
    "units of a role": lambda o, t: use(o, suggest_role_units, "lina", o.ids["ani"], t),
    "role": lambda o, t: use(o, preview_grant, "lina", account_id=o.ids["ani"], role=t, unit=t),
    "repair": lambda o, t: use(o, email_correction.find_people, "lina", text=t),
    "address": lambda o, t: use(
        o, email_correction.validate_new_email, "lina", account_id=o.ids["ani"], email=f"{t}@x.go.id"
    ),
    "domain": lambda o, t: use(
        o, email_correction.validate_new_email, "lina", account_id=o.ids["ani"], email=f"a@{t}.go.id"
    ),
    "reason": lambda o, t: o.do(disable_account, actor=o.actor("lina"), account_id=o.ids["ani"], reason=t),
    "letters": lambda o, t: use(o, mail_log.list_mail, "lina", mail_log.MailFilter(kind=t, nip=t)),
    "trail": lambda o, t: use(o, search_events, "lina", AuditFilter(t, t, t)),
    "inbox": lambda o, t: use(o, inbox.inbox_page, "budi", read_filters({"nama": t, "nip": t, "unit": t})),
    "rows": lambda o, t: use(o, list_rows, "lina", 1, verdict=None, key=t, number=1),
    "token": lambda o, t: use(o, make_token, "lina", label=t),
    "secret of a token": lambda o, t: o.do(caller_of, t),
    "codes": lambda o, t: o.do(search_codes, "jabatan_pelaksana", t),
    "contact": lambda o, t: use(o, announcements.save_contact, "lina", "", ContactView(t, "021-80930", "", "", "", t)),
    "place": lambda o, t: use(o, org_nodes.find_node, "lina", Permission.PROGRESS_READ, t),
}


@pytest.mark.parametrize("name", list(TEXTS))
def test_odd_texts_are_no_fault_of_either_database(both_offices: Office, name: str) -> None:
    """Cleaned as every border cleans them; what is left is found, or not, or refused in words."""
    for text in ODD:
        with contextlib.suppress(PermissionDenied, UserError, FormError):
            TEXTS[name](both_offices, strip_unstorable(text))
