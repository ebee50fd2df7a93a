"""An agency keeps an admin who can act: the last one is not taken, and where it comes to that, BKN reads what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import col, select

from mysapk_web.administration.people.accounts import disable_account
from mysapk_web.administration.people.detail import AccountDetail, account_detail
from mysapk_web.administration.people.grant_list import list_grants
from mysapk_web.organisation.rules.roles import Role
from mysapk_web.organisation.tables.notice import Notice
from mysapk_web.platform import clock
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.mail.queue import MailKind
from tests.support.agencies import Office, give, move, take

ADMIN = Role.ADMIN_INSTANSI


def ready(office: Office, key: str) -> None:
    """Somebody has activated the account and set up the second factor."""
    office.change(key, activated_at=clock.now(), totp_secret="x", totp_confirmed_at=clock.now())


def disable(office: Office, key: str) -> bool:
    return office.do(
        disable_account, account_id=office.ids[key], actor=office.actor("surya"), reason="Tidak bertugas lagi"
    )


def file(office: Office, key: str, who: str = "surya") -> AccountDetail:
    seen = office.see(account_detail, office.actor(who), office.ids[key])
    assert seen is not None
    return seen


def notices(office: Office, key: str) -> list[Notice]:
    with office.db.read() as session:
        found = session.exec(select(Notice).where(Notice.account_id == office.ids[key]).order_by(col(Notice.id))).all()
        session.expunge_all()
    return list(found)


# Taking the role -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lacks", ["activation", "second factor", "nothing"])
def test_who_cannot_act_yet_does_not_replace_the_last_who_can(both_offices: Office, lacks: str) -> None:
    office = both_offices
    give(office, "surya", "citra", ADMIN)
    ready(office, "citra")
    if lacks == "activation":
        office.change("citra", activated_at=None)
    if lacks == "second factor":
        office.change("citra", totp_confirmed_at=None)
    if lacks == "nothing":
        assert take(office, "surya", "yusuf", ADMIN)
        return
    with pytest.raises(UserError, match="admin terakhir"):
        take(office, "surya", "yusuf", ADMIN)
    assert take(office, "surya", "citra", ADMIN)


def test_where_it_cannot_wait_the_account_is_disabled_and_the_role_goes_to_the_next(office: Office) -> None:
    give(office, "surya", "citra", ADMIN)
    assert disable(office, "yusuf")
    assert take(office, "surya", "yusuf", ADMIN)
    with pytest.raises(UserError, match="admin terakhir"):
        take(office, "surya", "citra", ADMIN)


def test_of_those_who_are_switched_off_the_last_stays(office: Office) -> None:
    disable(office, "yusuf")
    with pytest.raises(UserError, match="admin terakhir"):
        take(office, "surya", "yusuf", ADMIN)


def test_the_list_says_who_stays_before_anybody_tries(office: Office) -> None:
    def stays() -> dict[str, bool]:
        lines = office.see(list_grants, office.actor("surya"), role=ADMIN, text="", agency="", page=1).items
        return {line.name: line.is_last_admin for line in lines}

    assert stays() == {"Lina Purnama": False, "Taufik Gunawan": False, "Yusuf Hakim": True}
    office.change("lina", totp_confirmed_at=None)
    give(office, "surya", "citra", ADMIN)
    assert stays() == {
        "Citra Wulandari": False,
        "Lina Purnama": False,
        "Taufik Gunawan": True,
        "Yusuf Hakim": True,
    }
    ready(office, "citra")
    assert stays()["Yusuf Hakim"] is False


# Switching the account off -------------------------------------------------------------------------


def test_the_page_of_the_only_admin_says_so_before_and_after(both_offices: Office) -> None:
    office = both_offices
    before = file(office, "yusuf")
    assert (before.only_admin, before.agency_without_admin) == (True, False)
    assert disable(office, "yusuf")
    after = file(office, "yusuf")
    assert (after.only_admin, after.agency_without_admin) == (False, True)
    give(office, "surya", "citra", ADMIN)
    assert file(office, "yusuf").agency_without_admin
    ready(office, "citra")
    assert not file(office, "yusuf").agency_without_admin
    assert file(office, "citra").only_admin


@pytest.mark.parametrize(
    ("who", "whom"), [("surya", "taufik"), ("surya", "citra"), ("surya", "budi"), ("taufik", "lina")]
)
def test_who_is_not_the_only_admin_is_not_called_so(office: Office, who: str, whom: str) -> None:
    seen = file(office, whom, who)
    assert not seen.only_admin
    assert not seen.agency_without_admin


# Moving --------------------------------------------------------------------------------------------


def test_bkn_is_told_when_the_last_admin_moves_away(both_offices: Office, tmp_path: Path) -> None:
    office = both_offices
    move(office, tmp_path, "yusuf", "K1")
    assert office.grants("yusuf") == []
    (notice,) = notices(office, "surya")
    assert notice.title == "Pemerintah Kota Misal tidak punya admin"
    assert "Tunjuk" in notice.text
    assert "Yusuf" not in f"{notice.title} {notice.text}"
    assert (notice.path, notice.asks_action) == ("/admin/peran?instansi=K2", True)
    assert office.letters("surya") == [MailKind.NOTICE]
    for key in ("taufik", "lina", "citra"):
        assert notices(office, key) == []


def test_bkn_is_told_when_those_who_remain_cannot_act(office: Office, tmp_path: Path) -> None:
    office.change("lina", totp_confirmed_at=None)
    move(office, tmp_path, "taufik", "K2")
    assert [notice.title for notice in notices(office, "surya")] == ["Pemerintah Kabupaten Contoh tidak punya admin"]


@pytest.mark.parametrize("key", ["taufik", "budi"])
def test_nobody_is_told_when_an_admin_remains(office: Office, tmp_path: Path, key: str) -> None:
    move(office, tmp_path, key, "K2")
    assert notices(office, "surya") == []


def test_bkn_that_is_switched_off_is_not_told(office: Office, tmp_path: Path) -> None:
    office.change("surya", disabled_at=clock.now())
    move(office, tmp_path, "yusuf", "K1")
    assert notices(office, "surya") == []
