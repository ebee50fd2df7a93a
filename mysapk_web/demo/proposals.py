"""Proposals of the demo in every state with their history, declarations, and notifications of the persona `pegawai`.

Every path goes through the one table of transitions, so the portal could have produced all of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from mysapk_web.demo.people import DemoPerson
from mysapk_web.organisation.rules.pegawai import JenisPegawai
from mysapk_web.pdm.rules.groups import get_kind, group_of_kind, groups_for
from mysapk_web.pdm.rules.groups.base import Approval, Cardinality, RecordAction
from mysapk_web.pdm.rules.proposal import (
    FINAL_STATES,
    TRANSITIONS,
    Declaration,
    Office,
    ProposalAction,
    ProposalState,
    next_state,
)

_SEED: Final = 20_210_815
OTHERS: Final = 420
"""Proposals of people without a part to play: enough for several pages of an inbox."""
DECLARING: Final = 0.55
"""Share of the activated people who have declared some groups."""

_A: Final = ProposalAction
_SENT: Final = (_A.SEND,)
_RETURNED: Final = (*_SENT, _A.RETURN)
_VERIFIED: Final = (*_SENT, _A.VERIFY)
_APPROVED: Final = (*_VERIFIED, _A.APPROVE)
_AT_BKN: Final = (*_APPROVED, _A.FORWARD_BKN)
_PATHS: Final[tuple[tuple[tuple[ProposalAction, ...], int], ...]] = (
    ((), 6),
    (_SENT, 46),
    (_RETURNED, 8),
    ((*_RETURNED, _A.RESEND), 6),
    (_VERIFIED, 14),
    ((*_VERIFIED, _A.RETURN_TO_VERIFIER), 3),
    ((*_SENT, _A.REJECT), 4),
    ((*_SENT, _A.WITHDRAW), 3),
)
"""What happened to a proposal so far, and how many of a hundred it happened to; the rest is decided."""
_DECIDED: Final = {
    Approval.AGENCY: (*_APPROVED, _A.APPLY),
    Approval.BKN: (*_AT_BKN, _A.BKN_APPROVE, _A.APPLY),
}
_WAITING_FOR_BKN: Final = 0.5
_EXPLAINED: Final = {
    _A.RETURN: ("BTS-01", "Halaman kedua dokumen terpotong. Pindai ulang seluruh halaman."),
    _A.RETURN_TO_VERIFIER: ("BTS-05", "Nomor SK pada isian berbeda dari dokumen. Mohon diperiksa kembali."),
    _A.REJECT: ("TMS-01", "Riwayat ini sudah tercatat pada berkas."),
}
_AWARD: Final = {
    "jenis_penghargaan": "201",
    "pemberi": "Presiden Republik Indonesia",
    "nomor_sk": "44/TK/2020",
    "tanggal_sk": "2020-08-10",
    "tahun": 2020,
}
_COURSE: Final = {
    "jenis_diklat": "3",
    "nama_kursus": "Pengelolaan Arsip Digital",
    "jenis_kursus": "T",
    "penyelenggara": "Lembaga Pelatihan Contoh",
    "nomor_sertifikat": "SERT/118/2024",
    "tanggal_mulai": "2024-05-06",
    "tanggal_selesai": "2024-05-10",
    "tahun": 2024,
    "jumlah_jam": 40,
}
_BODY: Final = {
    "jenis_organisasi": "5",
    "nama_organisasi": "Koperasi Pegawai Contoh",
    "jabatan": "Anggota",
    "tanggal_mulai": "2021-01-10",
}
_NEW: Final = (("penghargaan", _AWARD), ("kursus", _COURSE), ("organisasi", _BODY))


@dataclass(frozen=True, slots=True)
class DemoDossier:
    """A person with ids and what is on file about them: id and payload of the newest record of each kind."""

    person: DemoPerson
    pegawai_id: int
    account_id: int
    unor_id: int
    in_pdm: bool
    """Entry is open at their agency."""
    records: dict[str, tuple[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class DecidingAccounts:
    """The accounts that decide."""

    verifier: int
    approver: int
    bkn: int

    def of(self, who: Office, owner: int) -> int:
        """The account that takes an action; automatic ones are booked on the approver."""
        return {Office.OWNER: owner, Office.VERIFIER: self.verifier, Office.BKN: self.bkn}.get(who, self.approver)


@dataclass(slots=True)
class DemoStep:
    """One row of the history, before the proposal has an id."""

    at: datetime
    actor_id: int
    act: ProposalAction
    before: ProposalState
    after: ProposalState


@dataclass(slots=True)
class DemoProposal:
    """One proposal, before the database gives it an id."""

    filed: DemoDossier
    kind: str
    action: RecordAction
    payload: dict[str, Any]
    steps: list[DemoStep]
    state: ProposalState = ProposalState.DRAF
    slot: str | None = None
    rules: list[str] = field(default_factory=list)

    @property
    def applied(self) -> bool:
        """Whether the new record is on file."""
        return self.state is ProposalState.TELAH_UPDATE

    def row(self) -> dict[str, Any]:
        """The columns of `usulan`."""
        record = self.filed.records.get(self.kind) if self.action is RecordAction.CHANGE else None
        sent = [step.at for step in self.steps if step.act in (ProposalAction.SEND, ProposalAction.RESEND)]
        return {
            "pegawai_id": self.filed.pegawai_id,
            "group": group_of_kind(self.kind).key,
            "kind": self.kind,
            "action": self.action,
            "record_id": record[0] if record else None,
            "record_version": 1 if record else 0,
            "slot": self.slot,
            "payload": self.payload,
            "state": self.state,
            "version": 1 + len(self.steps),
            "unor_id": self.filed.unor_id,
            "created_at": self.steps[0].at,
            "changed_at": self.steps[-1].at,
            "sent_at": sent[-1] if sent else None,
            "ended_at": self.steps[-1].at if self.state in FINAL_STATES else None,
        }

    def trail(self, proposal_id: int) -> Iterator[dict[str, Any]]:
        """The rows of `usulan_jejak`."""
        for step in self.steps:
            reason, note = _EXPLAINED.get(step.act, ("", ""))
            yield {
                "proposal_id": proposal_id,
                "at": step.at,
                "actor_id": step.actor_id,
                "act": step.act,
                "before": step.before,
                "after": step.after,
                "reason": reason,
                "note": note,
            }


def proposals(crowd: Sequence[DemoDossier], offices: DecidingAccounts, now: datetime) -> list[DemoProposal]:
    """All proposals of the demo, the same at every start but for their moments. Entry has been open for ten days."""
    dice = random.Random(_SEED)  # noqa: S311  wanted predictable
    made = list(_of_pegawai(crowd, offices, now))
    able = [each for each in crowd if _takes_part(each) and each.person.jenis in _ABLE]
    busy: set[tuple[int, str]] = set()
    while len(made) < OTHERS + 3:
        filed = dice.choice(able)
        name, payload, action = _wish(dice, filed)
        if (filed.pegawai_id, name) in busy:
            continue
        busy.add((filed.pegawai_id, name))
        made.append(_moved(filed, name, action, payload, _path(dice, name, action), offices, now, dice))
    return made


_ABLE: Final = (JenisPegawai.PNS, JenisPegawai.PPPK)


def _takes_part(filed: DemoDossier) -> bool:
    """People who could have done something: active, in an agency whose PDM is open, and no persona."""
    return filed.in_pdm and filed.person.persona is None and filed.person.days_active is not None


def _of_pegawai(crowd: Sequence[DemoDossier], offices: DecidingAccounts, now: datetime) -> Iterator[DemoProposal]:
    """One under way, one returned, one finished, for the persona that guides begin with."""
    filed = next(each for each in crowd if each.person.persona and each.person.persona.key == "pegawai")
    dice = random.Random(filed.person.nip)  # noqa: S311  wanted predictable
    yield _moved(filed, "penghargaan", RecordAction.ADD, dict(_AWARD), _DECIDED[Approval.AGENCY], offices, now, dice)
    post = {**filed.records["jabatan"][1], "nomor_sk": "821/777/2024"}
    yield _moved(filed, "jabatan", RecordAction.CHANGE, post, _RETURNED, offices, now, dice)
    yield _moved(filed, "kursus", RecordAction.ADD, dict(_COURSE), _SENT, offices, now, dice)


def _wish(dice: random.Random, filed: DemoDossier) -> tuple[str, dict[str, Any], RecordAction]:
    if dice.random() < 0.55:
        name, payload = dice.choice(_NEW)
        return name, dict(payload), RecordAction.ADD
    name = dice.choice(("golongan", "jabatan", "pendidikan"))
    changed = "nomor_ijazah" if name == "pendidikan" else "nomor_sk"
    return name, {**filed.records[name][1], changed: f"PERB/{dice.randint(1, 999)}/2024"}, RecordAction.CHANGE


def _path(dice: random.Random, name: str, action: RecordAction) -> tuple[ProposalAction, ...]:
    """What happened to a proposal. A change is never applied here: its record would need its history."""
    paths = [path for path, _ in _PATHS]
    shares = [share for _, share in _PATHS]
    approval = get_kind(name).approval
    if dice.random() < 0.1:
        if approval is Approval.BKN and (action is RecordAction.CHANGE or dice.random() < _WAITING_FOR_BKN):
            return _AT_BKN
        if action is RecordAction.ADD:
            return _DECIDED[approval]
    return dice.choices(paths, shares)[0]


def _moved(
    filed: DemoDossier,
    name: str,
    action: RecordAction,
    payload: dict[str, Any],
    path: Sequence[ProposalAction],
    offices: DecidingAccounts,
    now: datetime,
    dice: random.Random,
) -> DemoProposal:
    """Walk a proposal along a path, a step every few hours, the last one some hours ago."""
    declared = get_kind(name)
    known = {each.name for each in declared.editable}
    complete = {each: payload.get(each) for each in sorted(known)}
    moments = sorted(now - timedelta(minutes=dice.randint(60, 9 * 24 * 60)) for _ in range(len(path) + 1))
    state = ProposalState.DRAF
    steps = [DemoStep(moments[0], filed.account_id, ProposalAction.SAVE_DRAFT, state, state)]
    for act, at in zip(path, moments[1:], strict=True):
        who = TRANSITIONS[state, act].office
        reached = next_state(state, act, declared.approval)
        steps.append(DemoStep(at, offices.of(who, filed.account_id), act, state, reached))
        state = reached
    alone = declared.cardinality in (Cardinality.LATEST_ONLY, Cardinality.SINGLE)
    return DemoProposal(
        filed=filed,
        kind=name,
        action=action,
        payload=complete,
        steps=steps,
        state=state,
        slot=name if alone else None,
        rules=[rule.code for rule in declared.documents if rule.required is True],
    )


def declarations(crowd: Sequence[DemoDossier], made: Sequence[DemoProposal], now: datetime) -> Iterator[dict[str, Any]]:
    """Rows of `pernyataan_grup`: groups with records are declared right, others empty; groups with a proposal are left alone."""
    dice = random.Random(_SEED + 1)  # noqa: S311  wanted predictable
    proposed = {(each.filed.pegawai_id, group_of_kind(each.kind).key) for each in made}
    for filed in crowd:
        if not _takes_part(filed) or dice.random() > DECLARING:
            continue
        for group in groups_for(filed.person.jenis):
            if (filed.pegawai_id, group.key) in proposed or dice.random() < 0.35:
                continue
            on_file = any(each.key in filed.records for each in group.kinds)
            allowed = group.sesuai_allowed if on_file else group.may_have_none
            if allowed:
                yield {
                    "pegawai_id": filed.pegawai_id,
                    "group": group.key,
                    "declaration": Declaration.SESUAI if on_file else Declaration.TIDAK_ADA,
                    "at": now - timedelta(minutes=dice.randint(60, 9 * 24 * 60)),
                }
