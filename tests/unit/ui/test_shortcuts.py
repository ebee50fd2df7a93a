from mysapk_web.pdm.rules.proposal import ProposalAction
from mysapk_web.verification.pages.usulan.state import ACT_KEYS, shortcuts_of


def test_the_legend_says_what_the_buttons_say():
    acts = {ProposalAction.VERIFY.value: True, ProposalAction.RETURN.value: True, ProposalAction.REJECT.value: False}
    assert shortcuts_of(acts, onward=True) == [
        ["v", "verifikasi"],
        ["p", "kembalikan untuk diperbaiki"],
        ["j", "lewati, buka berikutnya"],
        ["l", "kembali ke daftar"],
    ]


def test_keys_that_do_nothing_are_not_told():
    assert shortcuts_of({}, onward=False) == [["l", "kembali ke daftar"]]


def test_the_decisions_of_one_office_have_different_keys():
    for acts in ("VERIFY RETURN REJECT", "APPROVE RETURN_TO_VERIFIER REJECT", "BKN_APPROVE BKN_RETURN BKN_REJECT"):
        assert len({ACT_KEYS[ProposalAction(act)] for act in acts.split()}) == 3
