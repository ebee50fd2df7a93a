"""The twelve groups of the PDM, in the order of the tiles. A new group is one file and one line here."""

from typing import Final

from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups import (
    cltn,
    cpns_pns,
    golongan,
    jabatan,
    keluarga,
    organisasi,
    pendidikan,
    penghargaan,
    pindah_instansi,
    pmk,
    profil,
    skp,
)
from mysapk_web.pdm.rules.groups.base import Group, RecordKind

GROUPS: Final[tuple[Group, ...]] = (
    profil.GROUP,
    golongan.GROUP,
    jabatan.GROUP,
    pendidikan.GROUP,
    skp.GROUP,
    penghargaan.GROUP,
    keluarga.GROUP,
    pmk.GROUP,
    cpns_pns.GROUP,
    pindah_instansi.GROUP,
    cltn.GROUP,
    organisasi.GROUP,
)
_GROUPS: Final = {each.key: each for each in GROUPS}
_KINDS: Final = {each.key: each for declared in GROUPS for each in declared.kinds}
_GROUP_OF: Final = {each.key: declared for declared in GROUPS for each in declared.kinds}


def get_group(key: str) -> Group:
    """Raises KeyError if there is none."""
    return _GROUPS[key]


def get_kind(key: str) -> RecordKind:
    """Raises KeyError if there is none."""
    return _KINDS[key]


def group_of_kind(key: str) -> Group:
    """Raises KeyError if there is no such kind."""
    return _GROUP_OF[key]


def groups_for(jenis: JenisPegawai) -> tuple[Group, ...]:
    return tuple(each for each in GROUPS if jenis in each.applies_to)
