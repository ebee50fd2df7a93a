"""What the page of the own profile shows: sensitive numbers masked until they are asked for one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from mysapk_web.accounts.email_change import PendingAddress, pending
from mysapk_web.accounts.security.reauthentication import is_recent
from mysapk_web.organisation import audit, rate_limiting
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rate_limiting import subject_key
from mysapk_web.organisation.rules.email import mask_email
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.organisation.tables.pegawai import Pegawai
from mysapk_web.pdm.code_tables import StoredCodes, codes
from mysapk_web.pdm.context import Standing, standing
from mysapk_web.pdm.form import options_of
from mysapk_web.pdm.payload import editable, readable
from mysapk_web.pdm.rules.groups.fields import Field, Value
from mysapk_web.pdm.rules.groups.profil import PROFIL
from mysapk_web.pdm.rules.groups.validation import Validated, validate
from mysapk_web.pdm.rules.groups.words import choice_parent, display
from mysapk_web.pdm.tables import PersonnelRecord
from mysapk_web.pdm.views.form import FieldView
from mysapk_web.platform.errors import CountedRefusal, NotAllowed, Refused
from mysapk_web.platform.rules.audit import AuditTag
from mysapk_web.rate_limits import REVEALS_PER_ACCOUNT
from mysapk_web.settings import load

FIRST_VERSION: Final = 1
"""What a person without a record of the profile sees: as if an empty one were on file."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """Fields under one heading.

    Attributes:
        fields: `text` is what is shown. `value` is None for a sensitive or read-only field: the form leaves it empty, and what is
            not sent is not changed.
    """

    label: str
    fields: list[FieldView]


@dataclass(frozen=True, slots=True)
class AddressView:
    """The address of the account.

    Attributes:
        text: Masked; empty without one.
        needs_password: A change asks for the password.
        pending: The new address that waits for its token, if any.
    """

    text: str
    needs_password: bool
    pending: PendingAddress | None


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The whole profile.

    Attributes:
        version: Goes back with a change.
        zona: Zone of the agency.
    """

    version: int
    sections: list[SectionView]
    address: AddressView
    zona: str


def profile(session: Session, actor: Actor) -> ProfileView:
    """Read the own profile. For everybody logged in.

    Args:
        session: A read transaction is enough.
        actor: The person.
    """
    actor.require(Permission.SEE_OWN_PROFILE)
    here, table = standing(session, actor), codes(session)
    record = record_of(session, actor.pegawai_id)
    values = values_of(session, actor, record)
    checked = checked_values(record, here, table)
    fields = [_field(each, values, checked, here, table) for each in PROFIL.fields if each.name != "email"]
    return ProfileView(
        version=record.version if record else FIRST_VERSION,
        sections=_sections(fields),
        address=AddressView(
            text=mask_email(str(values["email"])) if values["email"] else "",
            needs_password=not is_recent(actor),
            pending=pending(session, actor),
        ),
        zona=here.times.zona,
    )


def reveal(session: Session, actor: Actor, *, name: str) -> str:
    """Show one sensitive value of the own profile in full. It stands in the trail. For everybody logged in.

    Args:
        session: Any transaction.
        actor: The person.
        name: Of a sensitive field.

    Raises:
        NotAllowed: There is no such field.
        CountedRefusal: Too many in an hour.
        Refused: Nothing is on file there.
    """
    actor.require(Permission.SEE_OWN_PROFILE)
    field = next((each for each in PROFIL.fields if each.name == name and each.sensitive), None)
    if field is None:
        raise NotAllowed("no such sensitive field")
    key = subject_key(load().key("counters"), f"profil:{actor.account_id}")
    if not rate_limiting.within(session, REVEALS_PER_ACCOUNT, key, actor):
        raise CountedRefusal("Terlalu banyak nomor ditampilkan dalam satu jam. Tunggu satu jam, lalu coba lagi.")
    value = values_of(session, actor, record_of(session, actor.pegawai_id))[name]
    if value in (None, ""):
        raise Refused(f"{field.label} belum diisi.")
    audit.record(
        session,
        AuditTag.PROFILE_REVEALED,
        actor_id=actor.account_id,
        subject_id=actor.account_id,
        instansi_id=actor.instansi_id,
        address=actor.visitor.address,
        field=name,
    )
    return display(field, value, codes(session), reveal=True)


def record_of(session: Session, pegawai_id: int) -> PersonnelRecord | None:
    """The record of the profile of a person; None while there is none.

    Args:
        session: Any transaction.
        pegawai_id: Whose.
    """
    return session.exec(
        select(PersonnelRecord)
        .where(PersonnelRecord.pegawai_id == pegawai_id, PersonnelRecord.kind == PROFIL.key)
        .where(col(PersonnelRecord.removed_at).is_(None))
        .order_by(col(PersonnelRecord.id).desc())
    ).first()


def values_of(session: Session, actor: Actor, record: PersonnelRecord | None) -> dict[str, Value]:
    """All values of the profile: what the record holds, and over it what the rolls say of the person.

    Args:
        session: Any transaction.
        actor: The person.
        record: From `record_of`.
    """
    person = session.get_one(Pegawai, actor.pegawai_id)
    born = person.tanggal_lahir
    rolls: dict[str, Value] = {
        "nip": person.nip,
        "nama": person.nama,
        "gelar_depan": person.gelar_depan,
        "gelar_belakang": person.gelar_belakang,
        "tanggal_lahir": born.isoformat() if born else None,
        "jenis_kelamin": person.jenis_kelamin,
        "email": person.email_key,
    }
    return {**readable(PROFIL, record.payload if record else {}), **rolls}


def checked_values(record: PersonnelRecord | None, here: Standing, table: StoredCodes) -> Validated:
    """What the declaration says of the stored values that a person may change.

    Args:
        record: From `record_of`.
        here: The person.
        table: The code tables.
    """
    stored = editable(PROFIL, record.payload if record else {})
    return validate(PROFIL, stored, codes=table, today=here.times.today, person=here.facts)


def _field(each: Field, values: dict[str, Value], checked: Validated, here: Standing, table: StoredCodes) -> FieldView:
    hidden = each.sensitive or each.read_only
    parent = choice_parent(each, values, here.facts)
    return FieldView(
        name=each.name,
        label=each.label,
        kind=each.kind.value,
        help=each.help,
        section=each.section,
        required=each.required,
        read_only=each.read_only,
        value=None if hidden else values[each.name],
        text=display(each, values[each.name], table),
        shown=each.shown(values, here.facts),
        sensitive=each.sensitive,
        table=each.table,
        parent=parent,
        options=[] if each.read_only else options_of(each, parent, table),
        max_length=each.max_length,
        fault=checked.faults.get(each.name, ""),
        warning=checked.warnings.get(each.name, ""),
    )


def _sections(fields: list[FieldView]) -> list[SectionView]:
    found: dict[str, SectionView] = {}
    for field in fields:
        found.setdefault(field.section, SectionView(field.section, [])).fields.append(field)
    return list(found.values())
