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
from mysapk_web.models.email_import import EmailImport, EmailImportRow, ImportToken
from mysapk_web.models.email_request import EmailRequest, RequestState
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
    ProposalClaim,
    ReferenceEntry,
    TrailEntry,
)
from mysapk_web.models.pegawai import Pegawai
from mysapk_web.models.steering import (
    Announcement,
    AuditSeal,
    BackgroundRun,
    Headcount,
    HeadcountDay,
    HeadcountStep,
    Job,
    PdmHandling,
    PdmSince,
    PdmTouched,
    Queue,
    QueueStep,
    Reminder,
)

__all__ = [
    "Account",
    "AddressChange",
    "Announcement",
    "AuditEvent",
    "AuditSeal",
    "BackgroundRun",
    "Counter",
    "Database",
    "Document",
    "EmailImport",
    "EmailImportRow",
    "EmailRequest",
    "FormerValue",
    "GroupStatement",
    "Headcount",
    "HeadcountDay",
    "HeadcountStep",
    "HelpContact",
    "ImportToken",
    "Instansi",
    "Job",
    "LoginClaim",
    "Notice",
    "NoticePreference",
    "OutboxMail",
    "OutboxState",
    "PdmHandling",
    "PdmSince",
    "PdmTouched",
    "Pegawai",
    "Period",
    "PersonnelRecord",
    "Proof",
    "Proposal",
    "ProposalClaim",
    "Queue",
    "QueueStep",
    "RecoveryCode",
    "ReferenceEntry",
    "Reminder",
    "RequestState",
    "ResetBinding",
    "ResetRequest",
    "RoleGrant",
    "TrailEntry",
    "Unor",
    "UserSession",
]
