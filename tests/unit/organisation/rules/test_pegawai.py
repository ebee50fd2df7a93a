import itertools

import pytest

from mysapk_web.organisation.rules.pegawai import Eligibility, JenisPegawai, eligibility


def test_labels():
    assert [jenis.label for jenis in JenisPegawai] == ["PNS", "CPNS", "PPPK", "PPT Non-ASN"]


@pytest.mark.parametrize("jenis", JenisPegawai)
def test_an_approved_person_with_an_address_is_eligible(jenis):
    found = eligibility(jenis=jenis, approved=True, disabled=False, has_email=True)
    assert found is Eligibility.ELIGIBLE


def test_only_a_cpns_waits_for_approval():
    waiting = {
        jenis
        for jenis in JenisPegawai
        if eligibility(jenis=jenis, approved=False, disabled=False, has_email=True) is Eligibility.WAITING_APPROVAL
    }
    assert waiting == {JenisPegawai.CPNS}


@pytest.mark.parametrize(
    ("jenis", "approved", "has_email"), list(itertools.product(JenisPegawai, (True, False), (True, False)))
)
def test_disabled_outranks_everything(jenis, approved, has_email):
    found = eligibility(jenis=jenis, approved=approved, disabled=True, has_email=has_email)
    assert found is Eligibility.DISABLED


@pytest.mark.parametrize("approved", [True, False])
def test_a_missing_address_outranks_a_missing_approval(approved):
    found = eligibility(jenis=JenisPegawai.CPNS, approved=approved, disabled=False, has_email=False)
    assert found is Eligibility.NO_EMAIL
