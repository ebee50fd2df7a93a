"""Password or code are asked again for one act on one page: whoever leaves that page leaves the question behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text
from sqlmodel import col, select

from mysapk_web.demo.accounts import DemoAccount
from mysapk_web.organisation.tables.account import RoleGrant
from mysapk_web.platform.database import Database
from tests.browser.conftest import NewPage
from tests.browser.line import Line
from tests.browser.steps import button_named, fill
from tests.wire.people import People

TYPED = "Sungai"
OTHER_FIELD = "NIP atau nama"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """An admin on the page of roles, come from that of mails within the same document."""
    page = new_page(person="admin_instansi")
    page.goto("/admin/surat")
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name="Peran").click()
    expect(page.get_by_role("heading", name="Peran yang berlaku")).to_be_visible()
    return page


def give_role(page: Page, server_db: Database, before: Callable[[], None] = lambda: None) -> None:
    """A grave act, whose proof has become too old; something may happen right before it is sent."""
    fill(page, Orang_yang_akan_diberi_peran="dewi rahayu")
    button_named(page, "Cari orang").click()
    page.get_by_role("button", name="Pilih Dewi Rahayu").first.click()
    expect(button_named(page, "Lanjutkan")).to_be_visible()
    page.get_by_label("Peran", exact=True).first.select_option("APPROVER")
    button_named(page, "Lanjutkan").click()
    asked = page.get_by_role("dialog", name="Beri peran ini?")
    expect(asked).to_be_visible()
    with server_db.begin() as session:
        session.execute(text("UPDATE sesi SET step_up_at = NULL"))
    before()
    button_named(asked, "Beri peran").click()


def prompt(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Konfirmasi bahwa ini Anda")


def proof(page: Page) -> Locator:
    return prompt(page).get_by_label("Password, atau kode autentikator")


def roles_of(server_db: Database, account_id: int) -> list[str]:
    with server_db.read() as session:
        return [
            grant.role
            for grant in session.exec(
                select(RoleGrant).where(RoleGrant.account_id == account_id, col(RoleGrant.revoked_at).is_(None))
            )
        ]


def asks_nothing(page: Page) -> None:
    """No question is open, and what is typed goes where it was meant to."""
    expect(prompt(page)).to_have_count(0)
    page.wait_for_timeout(500)
    expect(prompt(page)).to_have_count(0)
    field = page.get_by_label(OTHER_FIELD, exact=True)
    field.click()
    page.keyboard.type("Dewi")
    expect(field).to_have_value("Dewi")


def by_back_and_forth(page: Page) -> None:
    page.go_back()
    page.wait_for_url("**/admin/surat")
    expect(prompt(page)).to_have_count(0)
    page.go_forward()
    page.wait_for_url("**/admin/peran")


def by_the_address_line(page: Page) -> None:
    page.goto("/admin/bantuan")
    expect(prompt(page)).to_have_count(0)
    page.goto("/admin/peran")


def by_reload(page: Page) -> None:
    page.reload()


@pytest.mark.parametrize("leave", [by_back_and_forth, by_the_address_line, by_reload])
def test_it_ends_with_its_page(page: Page, server_db: Database, people: People, leave: Callable[[Page], None]) -> None:
    give_role(page, server_db)
    proof(page).fill(TYPED)
    leave(page)
    expect(page.get_by_role("heading", name="Peran yang berlaku")).to_be_visible()
    assert page.locator("#konfirmasi").input_value() == ""
    asks_nothing(page)
    assert roles_of(server_db, people.account_id("pegawai")) == []


def test_another_tab_is_asked_nothing_and_the_first_one_goes_on(
    page: Page, server_db: Database, people: People, accounts: dict[str, DemoAccount]
) -> None:
    give_role(page, server_db)
    expect(proof(page)).to_be_focused()
    other = page.context.new_page()
    other.goto("/admin/peran")
    expect(other.get_by_role("heading", name="Peran yang berlaku")).to_be_visible()
    asks_nothing(other)
    proof(page).fill(accounts["admin_instansi"].password or "")
    button_named(prompt(page), "Konfirmasi").click()
    expect(page.locator("main").get_by_role("status").filter(has_text="Peran diberikan").first).to_be_visible()
    assert roles_of(server_db, people.account_id("pegawai")) == ["APPROVER"]


def test_an_answer_that_comes_after_the_page_was_left_asks_nothing(new_page: NewPage, server_db: Database) -> None:
    page = new_page(person="admin_instansi")
    line = Line(page)
    page.goto("/beranda")
    menu = page.get_by_role("navigation", name="Menu utama")
    for entry, path in (("Surat", "/admin/surat"), ("Peran", "/admin/peran")):
        menu.get_by_role("link", name=entry).click()
        page.wait_for_url(f"**{path}")
    expect(page.get_by_role("heading", name="Peran yang berlaku")).to_be_visible()
    give_role(page, server_db, line.hold)
    page.go_back()
    page.wait_for_url("**/admin/surat")
    line.release()
    expect(page.get_by_role("heading", name="Surat", exact=False).first).to_be_visible()
    page.wait_for_timeout(500)
    expect(prompt(page)).to_have_count(0)
    page.go_forward()
    expect(page.get_by_role("heading", name="Peran yang berlaku")).to_be_visible()
    asks_nothing(page)


def test_what_was_typed_is_gone_once_the_question_is_closed(page: Page, server_db: Database) -> None:
    give_role(page, server_db)
    proof(page).fill(TYPED)
    button_named(prompt(page), "Batal").click()
    expect(prompt(page)).to_have_count(0)
    assert page.locator("#konfirmasi").input_value() == ""
