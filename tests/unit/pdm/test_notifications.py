"""What a person is told: in pages, counted until read, by mail when wanted."""

from __future__ import annotations

import pytest

from mysapk_web.organisation import notices
from mysapk_web.organisation.rules.notice import MailChoice
from mysapk_web.organisation.tables.notice import Notice
from mysapk_web.pdm.rules.proposal import ProposalAction
from mysapk_web.platform.executors import in_transaction
from mysapk_web.platform.mail.queue import MailKind
from tests.support.portal import after, minutes
from tests.support.proposals import GOLONGAN, PENGHARGAAN, Desk


def tell(desk: Desk, title: str = "Kabar", **more: object) -> int:
    notice: Notice = in_transaction(
        desk.portal.db,
        notices.notify,  # type: ignore[arg-type]
        desk.person.account_id,
        **{"title": title, "text": "Isi.", "path": "/usulan"} | more,
    )
    return notice.id or 0


def test_the_newest_first_and_twenty_on_a_page(desk: Desk) -> None:
    for count in range(25):
        with after(count * minutes):
            tell(desk, f"Kabar {count}")

    first, second = desk.see(notices.list_notices), desk.see(notices.list_notices, 2)
    assert [view.title for view in first.items][:2] == ["Kabar 24", "Kabar 23"]
    assert (first.total, first.pages, len(second.items)) == (25, 2, 5)
    assert (first.items[0].timezone, first.items[0].path, first.items[0].read) == ("WIB", "/usulan", False)


def test_unread_until_read(desk: Desk) -> None:
    one, _, _ = tell(desk), tell(desk), tell(desk)
    assert desk.see(notices.unread_count) == 3
    assert desk.do(notices.mark_read, notice_id=one) == 1
    assert desk.do(notices.mark_read, notice_id=one) == 0
    assert desk.see(notices.unread_count) == 2
    assert desk.do(notices.mark_read) == 2
    assert all(view.read for view in desk.see(notices.list_notices).items)


def test_nobody_reads_or_marks_what_is_anothers(desk: Desk) -> None:
    number, other = tell(desk), desk.of(desk.portal.budi)

    assert other.see(notices.list_notices).items == []
    assert other.do(notices.mark_read, notice_id=number) == 0
    assert other.do(notices.mark_read) == 0
    assert desk.see(notices.unread_count) == 1


@pytest.mark.parametrize("asks", [False, True])
def test_a_notice_goes_by_mail_and_says_whether_it_asks_for_an_act(desk: Desk, asks: bool) -> None:
    tell(desk, asks_action=asks)

    mail = desk.portal.mails(desk.person)[0]
    told = {"title": "Kabar", "text": "Isi.", "path": "/usulan", "asks": asks}
    assert (mail.template, mail.params) == (MailKind.NOTICE, told)


def test_what_one_did_oneself_does_not(desk: Desk) -> None:
    tell(desk, by_mail=False)
    assert desk.portal.outbox() == []
    assert desk.see(notices.unread_count) == 1


LETTERS = {
    MailChoice.EVERY_STEP: [MailKind.RECEIPT, MailKind.NOTICE, MailKind.NOTICE, MailKind.RECEIPT, MailKind.NOTICE],
    MailChoice.ACTS_ONLY: [MailKind.NOTICE],
    MailChoice.NONE: [],
}


@pytest.mark.parametrize("choice", MailChoice)
def test_mails_as_chosen_and_notices_in_any_case(desk: Desk, choice: MailChoice) -> None:
    assert desk.see(notices.mail_choice) is MailChoice.EVERY_STEP
    desk.do(notices.set_mail_choice, choice)
    number = desk.sent()
    desk.office(number, ProposalAction.CORRECT, note="Nomor SK disesuaikan")
    desk.give_back(number)
    desk.send(number)
    desk.office(number, ProposalAction.VERIFY)

    assert desk.see(notices.mail_choice) is choice
    assert desk.portal.letters(desk.person) == LETTERS[choice]
    assert desk.see(notices.unread_count) == 5
    assert desk.of(desk.portal.budi).see(notices.mail_choice) is MailChoice.EVERY_STEP


def test_one_receipt_for_a_sending_of_many(desk: Desk) -> None:
    desk.draft("golongan", GOLONGAN)
    desk.draft("penghargaan", PENGHARGAAN)
    desk.send()

    (mail,) = desk.portal.mails(desk.person)
    assert mail.template == MailKind.RECEIPT
    assert sorted(mail.params["items"]) == [
        "Tambah Golongan: III/c Penata",
        "Tambah Penghargaan: Satyalancana Karya Satya 10 Tahun",
    ]


def test_taking_back_is_no_mail(desk: Desk) -> None:
    desk.withdraw(desk.sent())
    assert desk.portal.letters(desk.person) == [MailKind.RECEIPT]


@pytest.mark.parametrize("choice", MailChoice)
def test_security_letters_go_all_the_same(desk: Desk, choice: MailChoice) -> None:
    desk.do(notices.set_mail_choice, choice)
    desk.portal.browser().ask(desk.person)
    assert desk.portal.letters(desk.person) == [MailKind.TOKEN]


def test_no_mail_to_an_account_that_is_switched_off(desk: Desk) -> None:
    desk.portal.disable(desk.person)
    tell(desk, asks_action=True)
    assert desk.portal.outbox() == []


def test_long_words_are_cut(desk: Desk) -> None:
    tell(desk, "j" * 300, text="t" * 3000)
    view = desk.see(notices.list_notices).items[0]
    assert (len(view.title), len(view.text), view.text[-1]) == (200, 1000, "…")
