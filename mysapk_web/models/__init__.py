"""Tables (SQLModel), one aggregate a file, with the engine and the transaction scope.

Importing this package registers every table with `SQLModel.metadata`, which Alembic compares against.
"""

from mysapk_web.models.account import (
    Account,
    LoginClaim,
    RecoveryCode,
    ResetBinding,
    ResetRequest,
    RoleGrant,
    UserSession,
)
from mysapk_web.models.agency import HelpContact, Instansi, Period, Unor
from mysapk_web.models.audit import AuditEvent
from mysapk_web.models.counter import Counter
from mysapk_web.models.database import Database
from mysapk_web.models.outbox import OutboxMail, OutboxState
from mysapk_web.models.pdm import (
    AddressChange,
    Document,
    FormerValue,
    GroupStatement,
    Notice,
    NoticePreference,
    PersonnelRecord,
    Proof,
    Proposal,
    ReferenceEntry,
    TrailEntry,
)
from mysapk_web.models.pegawai import Pegawai

__all__ = [
    "Account",
    "AddressChange",
    "AuditEvent",
    "Counter",
    "Database",
    "Document",
    "FormerValue",
    "GroupStatement",
    "HelpContact",
    "Instansi",
    "LoginClaim",
    "Notice",
    "NoticePreference",
    "OutboxMail",
    "OutboxState",
    "Pegawai",
    "Period",
    "PersonnelRecord",
    "Proof",
    "Proposal",
    "RecoveryCode",
    "ReferenceEntry",
    "ResetBinding",
    "ResetRequest",
    "RoleGrant",
    "TrailEntry",
    "Unor",
    "UserSession",
]
