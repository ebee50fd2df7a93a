"""The columns of a table of records of one kind, and their cells: written and read back the same."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from mysapk_web.pdm.rules.groups import GROUPS, get_kind
from mysapk_web.pdm.rules.groups.base import RecordKind
from mysapk_web.pdm.rules.groups.fields import Field, FieldKind, Value
from mysapk_web.pdm.rules.groups.profil import PROFIL
from mysapk_web.platform.errors import UserError
from mysapk_web.platform.rules.csv_injection import escape_formula
from mysapk_web.platform.spreadsheet_reader import Aliases, Row

NIP: Final = "nip"
OF_THE_ROLLS: Final = frozenset(
    {"nip", "nama", "gelar_depan", "gelar_belakang", "tanggal_lahir", "jenis_kelamin", "email"}
)
"""Fields of the profile that `mysapk import-pegawai` and `import-email` bring: a record keeps no second copy."""
_YES: Final = frozenset({"ya", "1", "true"})
_NO: Final = frozenset({"tidak", "0", "false"})
_LONG_NUMBERS: Final = frozenset({FieldKind.NIK, FieldKind.KK, FieldKind.NPWP})
"""Longer than the fifteen digits that a spreadsheet keeps of a number."""


def declared_for_files(key: str) -> RecordKind:
    """A kind of record as a file holds it: what the agency keeps and a person can't change stands in it, too.

    Raises:
        UserError: There is none; all that exist are named.
    """
    keys = [each.key for group in GROUPS for each in group.kinds]
    if key not in keys:
        raise UserError(f"Jenis riwayat tidak dikenal. Pilih salah satu: {', '.join(keys)}.")
    declared = get_kind(key)
    left_out = OF_THE_ROLLS if declared is PROFIL else frozenset()
    fields = tuple(replace(each, read_only=False) for each in declared.fields if each.name not in left_out)
    return replace(declared, fields=fields)


def aliases_of(declared: RecordKind) -> Aliases:
    """Headings under which each column is found: its name, or its label where that means no other column."""
    found: dict[str, tuple[str, ...]] = {NIP: (NIP, "nip_baru")}
    taken = {NIP, "nip_baru", *(each.name for each in declared.fields)}
    for each in declared.fields:
        label = re.sub(r"[\W_]+", "_", each.label.casefold()).strip("_")
        found[each.name] = (each.name,) if label in taken else (each.name, label)
        taken.add(label)
    return found


def values_of(declared: RecordKind, row: Row) -> tuple[dict[str, Value], dict[str, str]]:
    """What a row says of a record.

    Returns:
        Values as typed, by field; and faults of cells that can't be read at all.
    """
    values: dict[str, Value] = {}
    faults: dict[str, str] = {}
    for each in declared.fields:
        text = row.text(each.name)
        if each.kind in _LONG_NUMBERS and each.name in row.numbers:
            faults[each.name] = (
                f"{each.label} tersimpan sebagai angka, sehingga angka di belakangnya hilang. Jadikan teks."
            )
        elif each.kind is not FieldKind.BOOLEAN:
            values[each.name] = text or None
        elif text.casefold() in _YES | _NO | {""}:
            values[each.name] = text.casefold() in _YES
        else:
            faults[each.name] = f"{each.label} hanya berisi ya atau tidak."
    return values, faults


def cell_of(each: Field, value: Value) -> str:
    """Write a value so that it is read back the same."""
    if each.kind is FieldKind.BOOLEAN:
        return "ya" if value else "tidak"
    return "" if value is None else escape_formula(str(value))
