"""An agency says which addresses it accepts: who may, what is looked at first, and what follows."""

from __future__ import annotations

import pytest
from sqlmodel import col, update

from mysapk_web.administration import email_policy
from mysapk_web.administration.email_policy import Impact, PolicyView
from mysapk_web.administration.people.accounts import send_reset_token
from mysapk_web.organisation.rules.email import DomainPolicy
from mysapk_web.organisation.tables.agency import Instansi
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.platform.errors import FormError, PermissionDenied, ReauthenticationRequired, UserError
from mysapk_web.platform.rules.audit import AuditTag
from tests.support.agencies import FIRST, ROLLS, Office


def impact(office: Office, policy: str, domains: str = "", who: str = "taufik") -> Impact:
    return office.see(email_policy.preview_impact, office.actor(who), policy=policy, domains=domains)


def change(office: Office, policy: str, domains: str = "", who: str = "taufik") -> bool:
    return office.do(email_policy.set_policy, office.actor(who), policy=policy, domains=domains)


def stored(office: Office, kode: str = "K1") -> tuple[DomainPolicy, list[str]]:
    with office.db.read() as session:
        row = session.get_one(Instansi, office.ids[kode])
        return row.domain_policy, list(row.email_domains)


def give(office: Office, key: str, email: str | None) -> None:
    with office.db.begin() as session:
        session.execute(
            update(Pegawai).where(col(Pegawai.nip) == ROLLS[key]["nip"]).values(email=email, email_key=email)
        )


def test_a_preview_counts_the_own_people_and_changes_nothing(both_offices: Office) -> None:
    office = both_offices
    give(office, "ani", "ani@gmail.com")
    give(office, "eko", "eko@yahoo.com")
    give(office, "dewi", None)
    before = stored(office)
    seen = impact(office, "AGENCY_ONLY", "K1.example.go.id")
    assert (seen.rejected, seen.rejected_active, seen.warned, seen.without_email) == (2, 1, 0, 1)
    assert seen.accepted == len(FIRST) - 3
    assert sorted(seen.top_domains) == [("gmail.com", 1), ("yahoo.com", 1)]
    assert impact(office, "WARN_FREE_MAIL", "").warned == 2
    allowed = impact(office, "ALLOW", "")
    assert (allowed.accepted, allowed.warned, allowed.rejected, allowed.top_domains) == (len(FIRST) - 1, 0, 0, [])
    assert stored(office) == before
    assert office.events(AuditTag.EMAIL_POLICY_CHANGED) == []


def test_it_counts_from_the_next_token_on_and_stands_in_the_trail(both_offices: Office) -> None:
    office = both_offices
    others = stored(office, "K2")
    give(office, "eko", "eko@gmail.com")
    assert change(office, "AGENCY_ONLY", " @Contohkab.go.id,\n k1.example.go.id;contohkab.go.id ") is True
    assert stored(office) == (DomainPolicy.AGENCY_ONLY, ["contohkab.go.id", "k1.example.go.id"])
    assert stored(office, "K2") == others
    assert office.see(email_policy.current_policy, office.actor("lina")) == PolicyView(
        "Pemerintah Kabupaten Contoh", DomainPolicy.AGENCY_ONLY, ["contohkab.go.id", "k1.example.go.id"]
    )
    (event,) = office.events(AuditTag.EMAIL_POLICY_CHANGED)
    assert (event.actor_id, event.instansi_id) == (office.ids["taufik"], office.ids["K1"])
    assert (event.detail["policy_before"], event.detail["policy_after"]) == ("ALLOW", "AGENCY_ONLY")
    with pytest.raises(UserError, match="email dinas"):
        office.do(send_reset_token, account_id=office.ids["eko"], actor=office.actor("taufik"))
    assert change(office, "AGENCY_ONLY", "contohkab.go.id k1.example.go.id") is False
    assert len(office.events(AuditTag.EMAIL_POLICY_CHANGED)) == 1


@pytest.mark.parametrize("who", ["sari", "budi", "ani", "surya"])
def test_who_is_no_admin_of_an_agency_neither_reads_nor_sets_it(office: Office, who: str) -> None:
    for act in (
        lambda: office.see(email_policy.current_policy, office.actor(who)),
        lambda: impact(office, "ALLOW", who=who),
        lambda: change(office, "AGENCY_ONLY", "x.go.id", who=who),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert stored(office) == (DomainPolicy.ALLOW, [])


def test_each_admin_sets_the_own_agency(office: Office) -> None:
    change(office, "WARN_FREE_MAIL", "", who="yusuf")
    assert stored(office, "K2")[0] is DomainPolicy.WARN_FREE_MAIL
    assert stored(office, "K1")[0] is DomainPolicy.ALLOW


def test_it_needs_a_recent_proof_and_the_second_factor(office: Office) -> None:
    with pytest.raises(ReauthenticationRequired):
        office.do(email_policy.set_policy, office.actor("taufik", step_up=False), policy="WARN_FREE_MAIL", domains="")
    with pytest.raises(PermissionDenied):
        office.do(
            email_policy.set_policy, office.actor("taufik", second_factor=False), policy="WARN_FREE_MAIL", domains=""
        )
    assert stored(office) == (DomainPolicy.ALLOW, [])


@pytest.mark.parametrize(
    ("policy", "domains", "field"),
    [
        ("", "", "kebijakan"),
        ("SOMETHING", "x.go.id", "kebijakan"),
        ("AGENCY_ONLY", " \n", "domain"),
        ("AGENCY_ONLY", "bukan domain!", "domain"),
        ("ALLOW", "nama@contoh.go.id", "domain"),
        ("AGENCY_ONLY", "gmail.com", "domain"),
        ("AGENCY_ONLY", "\n".join(f"d{number}.go.id" for number in range(51)), "domain"),
        ("AGENCY_ONLY", "x" * 5000, "domain"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(office: Office, policy: str, domains: str, field: str) -> None:
    for act in (impact, change):
        with pytest.raises(FormError) as refused:
            act(office, policy, domains)
        assert set(refused.value.faults) == {field}
    assert stored(office) == (DomainPolicy.ALLOW, [])


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        *((name, "domain instansi Anda sendiri, misalnya contohkab.go.id") for name in (
            "co.id", "go.id", "ac.id", "or.id", "sch.id", "web.id", "my.id", "net.id", "mil.id", "biz.id", "desa.id",
            "id", "com", "net", "org", "GO.ID", "@.go.id", "co.uk", "ｇｏ.ｉｄ",
        )),
        *((name, "layanan email gratis") for name in ("gmail.com", "mail.yahoo.com", "yahoo.co.id")),
    ],
)  # fmt: skip
def test_what_others_share_is_no_domain_of_an_agency(office: Office, domain: str, words: str) -> None:
    for typed in (domain, f"contohkab.go.id\n{domain}"):
        for act in (impact, change):
            with pytest.raises(FormError) as refused:
                act(office, "AGENCY_ONLY", typed)
            assert words in refused.value.faults["domain"]
    assert stored(office) == (DomainPolicy.ALLOW, [])
