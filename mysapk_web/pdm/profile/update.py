"""Changing one's own profile: immediately, without verification; the old value is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.audit_events import ProfileChanged
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.payload import editable_values
from mysapk_web.pdm.profile.view import FIRST_VERSION, checked_values, profile_record
from mysapk_web.pdm.rules.groups.profil import PROFIL
from mysapk_web.pdm.rules.groups.validation import Validated, validate
from mysapk_web.pdm.rules.groups.values import KEPT_LENGTH
from mysapk_web.pdm.tables import FormerValue, PersonnelRecord
from mysapk_web.platform.errors import FormError, UserError

CHANGED: Final = "Profil Anda baru saja berubah di tempat lain. Muat ulang halaman ini, lalu ulangi perubahan Anda."
UNKNOWN: Final = "Isian memuat data yang tidak dapat diubah di sini. Muat ulang halaman ini, lalu isi kembali."


@dataclass(frozen=True, slots=True)
class ChangedProfile:
    version: int
    changed: list[str]
    """Labels of the fields that changed, in the order of the form."""
    warnings: dict[str, str]


def change_profile(session: Session, actor: Actor, *, version: int, values: Mapping[str, str]) -> ChangedProfile:
    """Change fields of one's own profile; needs no open period.

    Args:
        values: By field name, as typed. Missing fields stay as they are, an empty text clears a value.

    Raises:
        FormError: A value is invalid, or its field may not be changed; nothing is changed.
        UserError: The profile was changed elsewhere meanwhile.
    """
    actor.require(Permission.CHANGE_OWN_PROFILE)
    _check_form(values)
    person, table = load_context(session, actor.pegawai_id, lock=True), StoredCodes(session)
    record = profile_record(session, actor.pegawai_id)
    if version != (record.version if record else FIRST_VERSION):
        raise UserError(CHANGED)
    checked = _checked(record, person, table, values)
    stored = editable_values(PROFIL, record.payload if record else {})
    changed = [field for field in PROFIL.editable if checked.payload[field.name] != stored[field.name]]
    warnings = {name: words for name, words in checked.warnings.items() if name in values}
    if not changed:
        return ChangedProfile(version, [], warnings)
    record = record or _opened(session, actor, person)
    _write(
        session, record, person, {**record.payload, **{field.name: checked.payload[field.name] for field in changed}}
    )
    audit.record_own(session, actor, ProfileChanged(fields=[field.name for field in changed]))
    return ChangedProfile(version + 1, [field.label for field in changed], warnings)


def _check_form(values: Mapping[str, str]) -> None:
    known = {field.name for field in PROFIL.editable}
    if not values.keys() <= known or any(not isinstance(value, str) for value in values.values()):
        raise FormError({"": UNKNOWN})
    long = {
        name: f"Isi paling banyak {KEPT_LENGTH} karakter." for name, value in values.items() if len(value) > KEPT_LENGTH
    }
    if long:
        raise FormError(long)


def _checked(
    record: PersonnelRecord | None, person: PersonContext, table: StoredCodes, values: Mapping[str, str]
) -> Validated:
    """The profile after the change. Errors that existed before and are not touched don't count."""
    before = checked_values(record, person, table)
    wanted = {**editable_values(PROFIL, record.payload if record else {}), **values}
    after = validate(PROFIL, wanted, codes=table, today=person.times.today, person=person.facts)
    faults = {
        name: sentence
        for name, sentence in after.faults.items()
        if name in values or before.faults.get(name) != sentence
    }
    if faults:
        raise FormError(faults)
    return after


def _opened(session: Session, actor: Actor, person: PersonContext) -> PersonnelRecord:
    """An empty record, if the agency has none yet."""
    record = PersonnelRecord(
        pegawai_id=actor.pegawai_id,
        kind=PROFIL.key,
        version=FIRST_VERSION,
        created_at=person.times.now,
        changed_at=person.times.now,
    )
    session.add(record)
    session.flush()
    return record


def _write(session: Session, record: PersonnelRecord, person: PersonContext, payload: dict[str, Any]) -> None:
    written = session.execute(
        update(PersonnelRecord)
        .where(col(PersonnelRecord.id) == record.id, col(PersonnelRecord.version) == record.version)
        .values(payload=payload, version=record.version + 1, changed_at=person.times.now)
        .returning(col(PersonnelRecord.id)),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if written is None:
        raise UserError(CHANGED)
    session.add(
        FormerValue(record_id=record.pk, version=record.version, payload=record.payload, replaced_at=person.times.now)
    )
