"""Declaring a whole group: "data sudah sesuai" or "tidak ada riwayat"."""

from __future__ import annotations

from sqlmodel import Session, select

from mysapk_web.organisation import audit
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.rules.roles import Permission
from mysapk_web.pdm.audit_events import GroupDeclared
from mysapk_web.pdm.code_tables import StoredCodes
from mysapk_web.pdm.context import load_context
from mysapk_web.pdm.dossier import Dossier, load_dossier, load_records
from mysapk_web.pdm.eligibility import declaration_blocker
from mysapk_web.pdm.payload import editable_values
from mysapk_web.pdm.rules.groups.base import Group
from mysapk_web.pdm.rules.groups.validation import validate
from mysapk_web.pdm.rules.proposal import Declaration
from mysapk_web.pdm.tables import GroupDeclaration
from mysapk_web.platform.errors import PermissionDenied, UserError


def declare_group(session: Session, actor: Actor, group: str, statement: str | None) -> None:
    """Declare a group, or withdraw the declaration.

    Raises:
        UserError: A proposal is open, the period is closed, or it would not be true.
        PermissionDenied: No such group for this person, or no such declaration.
    """
    actor.require(Permission.DECLARE_OWN_DATA)
    person = load_context(session, actor.pegawai_id, lock=True)
    declared, wanted = person.group(group), _declaration(statement)
    dossier = load_dossier(session, person)
    refused = (
        declaration_blocker(dossier, declared)
        or (wanted and declaration_contradiction(session, dossier, declared, wanted))
        or ""
    )
    if refused:
        raise UserError(refused)
    present = session.exec(
        select(GroupDeclaration).where(
            GroupDeclaration.pegawai_id == person.pegawai_id, GroupDeclaration.group == declared.key
        )
    ).one_or_none()
    if wanted is None:
        if present is None:
            return
        session.delete(present)
    elif present is None:
        session.add(
            GroupDeclaration(pegawai_id=person.pegawai_id, group=declared.key, declaration=wanted, at=person.times.now)
        )
    else:
        present.declaration, present.at = wanted, person.times.now
        session.add(present)
    audit.record_by(
        session,
        actor,
        GroupDeclared(group=declared.key, declaration=wanted.value if wanted else ""),
        subject_id=actor.account_id,
        instansi_id=person.instansi_id,
    )


def _declaration(statement: str | None) -> Declaration | None:
    try:
        return None if statement is None else Declaration(statement)
    except ValueError:
        raise PermissionDenied("no such declaration") from None


def declaration_contradiction(session: Session, dossier: Dossier, group: Group, wanted: Declaration) -> str:
    """Why a declaration would not be true, and what to do instead; empty if it would be."""
    count = dossier.count(group)
    if wanted is Declaration.TIDAK_ADA:
        if not group.may_have_none:
            return f"{group.label} wajib diisi, jadi tidak dapat dinyatakan tidak ada riwayat."
        if count:
            return "Masih ada riwayat pada berkas Anda. Usulkan penghapusannya bila memang tidak benar."
        return ""
    if not count:
        other = " atau pilih tidak ada riwayat" if group.may_have_none else ""
        what = f"Tambahkan datanya{other}." if group.verified else "Isi dahulu data profil Anda."
        return f"Belum ada data pada berkas. {what}"
    if not group.sesuai_allowed:
        return f"{group.label} harus diusulkan, juga bila datanya sudah benar: pilih Ubah, lalu lampirkan dokumennya."
    return "" if group.verified else _incomplete(session, dossier, group)


def _incomplete(session: Session, dossier: Dossier, group: Group) -> str:
    """The profile can be confirmed only if no required field is missing."""
    load_records(session, dossier, group.kinds)
    person = dossier.person
    for declared in group.kinds:
        for record in dossier.records[declared.key]:
            values = editable_values(declared, record.payload)
            checked = validate(
                declared, values, codes=StoredCodes(session), today=person.times.today, person=person.facts
            )
            if not checked.ok:
                labels = [declared.field(name).label for name in checked.faults if name]
                return f"Lengkapi atau perbaiki dahulu data profil Anda: {', '.join(labels)}."
    return ""
