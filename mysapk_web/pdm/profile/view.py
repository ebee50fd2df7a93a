"""One's own profile: sensitive numbers stay masked until they are revealed one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.security.change_email import PendingEmailChange, pending_email_change
from mysapk_web.accounts.security.reauthentication import recently_authenticated
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.rules.email import mask_email
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.audit_events import ProfileRevealed
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import PersonContext, load_context
from mysapk_web.pdm.form import FieldView, options_of
from mysapk_web.pdm.payload import decode_payload, editable_values
from mysapk_web.pdm.rules.groups.fields import Field, Value
from mysapk_web.pdm.rules.groups.formatting import choice_parent, format_value
from mysapk_web.pdm.rules.groups.profil import PROFIL
from mysapk_web.pdm.rules.groups.validation import Validated, validate
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.platform.errors import CommittingUserError, PermissionDenied, UserError
from mysapk_web.rate_limits import REVEALS_PER_ACCOUNT
from mysapk_web.settings import get_settings

FIRST_VERSION: Final = 1
"""Shown to a person without a profile record, as if an empty one were on file."""


@dataclass(frozen=True, slots=True)
class SectionView:
    label: str
    fields: list[FieldView]
    """`value` is None for a sensitive or read-only field: the form leaves it empty, and what is not sent is not
    changed."""


@dataclass(frozen=True, slots=True)
class AddressView:
    """The email address of the account."""

    text: str
    """Masked."""
    needs_password: bool
    pending: PendingEmailChange | None
    """The new address that waits for its token."""


@dataclass(frozen=True, slots=True)
class ProfileView:
    version: int
    sections: list[SectionView]
    address: AddressView
    timezone: str


def load_profile(session: Session, actor: Actor) -> ProfileView:
    actor.require(Permission.SEE_OWN_PROFILE)
    person, table = load_context(session, actor.pegawai_id), StoredCodes(session)
    record = profile_record(session, actor.pegawai_id)
    values = profile_values(session, actor, record)
    checked = checked_values(record, person, table)
    fields = [_field(each, values, checked, person, table) for each in PROFIL.fields if each.name != "email"]
    return ProfileView(
        version=record.version if record else FIRST_VERSION,
        sections=_sections(fields),
        address=AddressView(
            text=mask_email(str(values["email"])) if values["email"] else "",
            needs_password=not recently_authenticated(actor),
            pending=pending_email_change(session, actor),
        ),
        timezone=person.times.timezone,
    )


def reveal_value(session: Session, actor: Actor, *, name: str) -> str:
    """Show one sensitive value in full, and record that in the audit log.

    Raises:
        PermissionDenied: There is no such field.
        CommittingUserError: The hourly limit is exceeded.
        UserError: The field is empty.
    """
    actor.require(Permission.SEE_OWN_PROFILE)
    field = next((each for each in PROFIL.fields if each.name == name and each.sensitive), None)
    if field is None:
        raise PermissionDenied("no such sensitive field")
    key = subject_key(get_settings().key("counters"), f"profil:{actor.account_id}")
    if not rate_limiting.allow(session, REVEALS_PER_ACCOUNT, key, actor):
        raise CommittingUserError("Terlalu banyak nomor ditampilkan dalam satu jam. Tunggu satu jam, lalu coba lagi.")
    value = profile_values(session, actor, profile_record(session, actor.pegawai_id))[name]
    if value in (None, ""):
        raise UserError(f"{field.label} belum diisi.")
    audit.record_own(session, actor, ProfileRevealed(fields=[name]))
    return format_value(field, value, StoredCodes(session), reveal=True)


def profile_record(session: Session, pegawai_id: int) -> PersonnelRecord | None:
    return session.exec(
        select(PersonnelRecord)
        .where(PersonnelRecord.pegawai_id == pegawai_id, PersonnelRecord.kind == PROFIL.key)
        .where(col(PersonnelRecord.removed_at).is_(None))
        .order_by(col(PersonnelRecord.id).desc())
    ).first()


def profile_values(session: Session, actor: Actor, record: PersonnelRecord | None) -> dict[str, Value]:
    """The values of the record, overridden by the personnel data of the agency."""
    person = session.get_one(Pegawai, actor.pegawai_id)
    born = person.birth_date
    rolls: dict[str, Value] = {
        "nip": person.nip,
        "nama": person.name,
        "gelar_depan": person.title_prefix,
        "gelar_belakang": person.title_suffix,
        "tanggal_lahir": born.isoformat() if born else None,
        "jenis_kelamin": person.gender,
        "email": person.email_key,
    }
    return {**decode_payload(PROFIL, record.payload if record else {}), **rolls}


def checked_values(record: PersonnelRecord | None, person: PersonContext, table: StoredCodes) -> Validated:
    stored = editable_values(PROFIL, record.payload if record else {})
    return validate(PROFIL, stored, codes=table, today=person.times.today, person=person.facts)


def _field(
    each: Field, values: dict[str, Value], checked: Validated, person: PersonContext, table: StoredCodes
) -> FieldView:
    hidden = each.sensitive or each.read_only
    parent = choice_parent(each, values, person.facts)
    return FieldView(
        field=each,
        value=None if hidden else values[each.name],
        text=format_value(each, values[each.name], table),
        shown=each.shown(values, person.facts),
        parent=parent,
        options=[] if each.read_only else options_of(each, parent, table),
        fault=checked.faults.get(each.name, ""),
        warning=checked.warnings.get(each.name, ""),
    )


def _sections(fields: list[FieldView]) -> list[SectionView]:
    found: dict[str, SectionView] = {}
    for field in fields:
        found.setdefault(field.field.section, SectionView(field.field.section, [])).fields.append(field)
    return list(found.values())
