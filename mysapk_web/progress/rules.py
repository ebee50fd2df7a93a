"""What is counted of the people of a unit, and what a person counts for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups import GROUPS, groups_for

COUNTRY: Final = 0
"""Replaces the unit for the whole country; no unit has this id."""


class Measure(StrEnum):
    """One thing that is counted for each unit and kind of employment. Stored as written here."""

    PEOPLE = "pegawai"
    """Employed."""
    ACTIVE = "aktif"
    """Has activated the account, whether or not it was disabled later."""
    NO_EMAIL = "tanpa-email"
    """No usable email address is stored, so the account cannot be activated."""
    DISABLED = "nonaktif"
    """The account is disabled."""
    PDM_TAKEN_PART = "pdm-ikut"
    """Has handled a group or sent a proposal in the present PDM."""
    PDM_SENT = "pdm-kirim"
    """Has sent at least one proposal that was not taken back."""
    PDM_ALL_SENT = "pdm-kirim-semua"
    """Has sent proposals, and none is left as a draft or came back."""
    PDM_DONE = "pdm-selesai"
    """Every group that applies to the person is green."""
    GROUP_PROFIL = "grup-profil"
    """Has handled this group; the same for the eleven below."""
    GROUP_GOLONGAN = "grup-golongan"
    GROUP_JABATAN = "grup-jabatan"
    GROUP_PENDIDIKAN = "grup-pendidikan"
    GROUP_SKP = "grup-skp"
    GROUP_PENGHARGAAN = "grup-penghargaan"
    GROUP_KELUARGA = "grup-keluarga"
    GROUP_PMK = "grup-pmk"
    GROUP_CPNS_PNS = "grup-cpns-pns"
    GROUP_PINDAH_INSTANSI = "grup-pindah-instansi"
    GROUP_CLTN = "grup-cltn"
    GROUP_ORGANISASI = "grup-organisasi"


DAILY: Final = (Measure.PEOPLE, Measure.ACTIVE, Measure.PDM_TAKEN_PART, Measure.PDM_SENT, Measure.PDM_DONE)
"""What is stored for each day, to show the history."""

PDM: Final = (Measure.PDM_TAKEN_PART, Measure.PDM_SENT, Measure.PDM_ALL_SENT, Measure.PDM_DONE)
"""How far people are in the present PDM."""

GROUP_MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {each.key: Measure(f"grup-{each.key}") for each in GROUPS}
)
"""The measure of each of the twelve groups, in their order."""

GROUP_BITS: Final[Mapping[str, int]] = MappingProxyType({each.key: 1 << n for n, each in enumerate(GROUPS)})
"""The bit of each group in the number of handled groups. Stored: a new group comes at the end."""


def applicable_groups(jenis: JenisPegawai) -> int:
    """The groups that apply to a kind of employment, as a sum of `GROUP_BITS`."""
    return sum(GROUP_BITS[each.key] for each in groups_for(jenis))


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """What a person has done in the present PDM; `pdm.rules.proposal.group_state` is the same rule for one group."""

    groups: int = 0
    sent: bool = False
    left: bool = False

    def measures(self, jenis: JenisPegawai) -> tuple[Measure, ...]:
        """What the person counts for; groups that don't apply count for nothing."""
        whole = applicable_groups(jenis)
        mine = self.groups & whole
        held = (
            (Measure.PDM_TAKEN_PART, bool(mine) or self.sent),
            (Measure.PDM_SENT, self.sent),
            (Measure.PDM_ALL_SENT, self.sent and not self.left),
            (Measure.PDM_DONE, mine == whole),
            *((GROUP_MEASURES[key], bool(mine & bit)) for key, bit in GROUP_BITS.items()),
        )
        return tuple(measure for measure, is_so in held if is_so)


def group_progress(*, declared: int, settled: int, returned: int, sent: bool, left: bool) -> GroupProgress:
    """Combine what is known of a person: groups declared, with a proposal under way or applied, and with a returned one."""
    return GroupProgress((declared | settled) & ~returned, sent, left)


class WaitingOffice(StrEnum):
    """The office a proposal waits for (`verification.rules.separation_of_duties.QUEUES`). Stored as written here."""

    VERIFIER = "verifikator"
    APPROVER = "approver"
    BKN = "bkn"


class Report(StrEnum):
    """What can be exported."""

    NOT_ACTIVATED = "belum-aktif"
    SANCTIONS = "sanksi"
    PDM_INCOMPLETE = "belum-pdm"
    PDM_SANCTIONS = "sanksi-pdm"
    AUDIT = "audit"
