"""Kinds of employment, and who may receive a token."""

from enum import StrEnum


class JenisPegawai(StrEnum):
    """UU 20/2023 for ASN; Keputusan Kepala BKN 87/2021 adds PPT Non-ASN to the PDM."""

    PNS = "PNS"
    CPNS = "CPNS"
    PPPK = "PPPK"
    PPT_NON_ASN = "PPT_NON_ASN"

    @property
    def label(self) -> str:
        return "PPT Non-ASN" if self is JenisPegawai.PPT_NON_ASN else self.value


class Eligibility(StrEnum):
    """Whether a person may activate or reset the account, and if not, why."""

    ELIGIBLE = "ELIGIBLE"
    NO_EMAIL = "NO_EMAIL"
    WAITING_APPROVAL = "WAITING_APPROVAL"
    DISABLED = "DISABLED"


def eligibility(*, jenis: JenisPegawai, approved: bool, disabled: bool, has_email: bool) -> Eligibility:
    """The most serious reason wins, so that a disabled account learns nothing else. Only a CPNS needs to be approved."""
    if disabled:
        return Eligibility.DISABLED
    if not has_email:
        return Eligibility.NO_EMAIL
    if jenis is JenisPegawai.CPNS and not approved:
        return Eligibility.WAITING_APPROVAL
    return Eligibility.ELIGIBLE
