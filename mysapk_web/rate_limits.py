"""Every limit and its reason: how often things may happen, how failures wait, how many run at once.

`organisation/rate_limiting.py` counts them. Those of the account flows are defaults of settings (`limit_settings.py`). Figures for
offices are for one address with some 3,000 people behind it: all of them activate within a working day (decision 0020).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` happenings within `window`.

    Attributes:
        office: happenings allowed to a network that many people share; None: not counted by network.
    """

    name: str
    count: int
    window: timedelta
    office: int | None = None
    label: str = field(kw_only=True)


LOCKOUT_FIRST_WAIT: Final = timedelta(seconds=30)
LOCKOUT_LONGEST_WAIT: Final = timedelta(minutes=15)
_STEPS_TO_LONGEST: Final = 1 + (LOCKOUT_LONGEST_WAIT // LOCKOUT_FIRST_WAIT - 1).bit_length()


@dataclass(frozen=True, slots=True)
class Lockout:
    """A run of failures that makes the next attempt wait: 30 s, doubling up to 15 minutes (NIST SP 800-63B-4, 3.2.2).

    Attributes:
        free: failures without a wait.
        memory: after so long without another failure the run is forgotten.
        office: as `free`, for a network that many people share.
    """

    name: str
    free: int
    memory: timedelta = timedelta(hours=24)
    office: int | None = None

    @property
    def failures_to_longest(self) -> int:
        """Failures from which the wait no longer grows."""
        return self.free + _STEPS_TO_LONGEST

    def wait_after(self, failures: int) -> timedelta:
        """How long the next attempt has to wait."""
        if failures <= self.free:
            return timedelta()
        doublings = min(failures - self.free - 1, _STEPS_TO_LONGEST)
        return min(LOCKOUT_FIRST_WAIT * (1 << doublings), LOCKOUT_LONGEST_WAIT)


RECOVERY_PER_NIP: Final = Limit("recovery:nip", 5, timedelta(days=1), label="permintaan token untuk satu NIP")
"""Token mails a day for one NIP, known or not, at any pace."""

RECOVERY_BEYOND: Final = Limit("recovery:beyond", 1, timedelta(minutes=30), label="token sesudah batas sehari")
"""Token mails beyond those, and only while no earlier token is usable: strangers can't leave the owner without one, and
a mailbox gets at most 53 a day (decision 0021)."""

RECOVERY_RESEND: Final = Limit("recovery:resend", 1, timedelta(seconds=60), label="kirim ulang token")
"""Time between two mails of one request: long enough for the first to arrive."""

RECOVERY_PER_NETWORK: Final = Limit(
    "recovery:address", 20, timedelta(hours=1), office=600, label="permintaan token dari satu jaringan"
)
"""Requests from one network, about anybody; beyond it the page says so. A helpdesk still serves twenty people an hour."""

TOKEN_TRIES: Final = 5
"""Tries of one token in one browser, counted before the check (ASVS 6.6.3)."""

TOKEN_BROWSERS_PER_PAIR: Final = Limit(
    "token:browsers", 20, timedelta(hours=1), label="peramban yang mencoba satu token"
)
"""Browsers that may try tokens because they requested one, per NIP and address: each has its own tries."""

TOKEN_BROWSERS_PER_NETWORK: Final = Limit(
    "token:browsers-network", 5, timedelta(hours=1), label="peramban yang mencoba satu token dari satu jaringan"
)
"""Of one network: strangers need four networks to take all places."""

TOKEN_TRIES_OF_REQUEST: Final = 350
"""Tries of one token in all browsers. Requesting browsers use up at most 300, because tries within the life of a token were
granted in at most three of those hours; the rest is for the browser that opened the link in the mail."""

TOKEN_CHECKS_PER_NETWORK: Final = Limit(
    "token:address", 60, timedelta(minutes=10), office=600, label="percobaan token dari satu jaringan"
)
"""Token entries from one network, over all requests: stops guessing across many NIPs."""

LOGINS_PER_NETWORK: Final = Limit(
    "login:address", 120, timedelta(minutes=1), office=600, label="percobaan masuk dari satu jaringan"
)
"""Logins from one network. Stops one password tried on many NIPs; an office or a mobile network behind one address still
gets through at eight in the morning."""

FAILED_LOGINS: Final = Limit("login:failed", 300, timedelta(minutes=10), label="gagal masuk dari semua jaringan")
"""Failed logins of everybody together. Refuses nothing: beyond it the log warns once per window, because one password tried
on many NIPs from many networks passes every other limit."""

ACCOUNT_FAILURES: Final = Lockout("masuk-akun", free=5)
"""Failed logins of one account (the published rule of five)."""

OWNER_FAILURES: Final = Lockout("masuk-pemilik", free=5)
"""The same in browsers that only the owner of the account can have: strangers don't reach it (decision 0021)."""

NETWORK_FAILURES: Final = Lockout("masuk-alamat", free=20, office=300)
"""Failed logins from one network: many people of an office share one (decision 0007)."""

CODE_FAILURES: Final = Lockout("kode-akun", free=5, memory=timedelta(days=36_500))
"""Wrong codes of an authenticator; waiting does not end such a run, unlike one of wrong passwords (decision 0022)."""

SECOND_FACTOR_TRIES: Final = Limit("totp:account", 5, timedelta(minutes=5), label="kode autentikator")
"""Codes entered while setting up an authenticator; those of a confirmed one lock out as passwords do."""

CODES_IN_A_ROW: Final = 100
"""Consecutive wrong codes of a confirmed authenticator, until the owner acts by e-mail (NIST SP 800-63B-4, 3.2.2)."""

PASSWORD_CONFIRM_PER_ACCOUNT: Final = Limit(
    "confirm:account", 10, timedelta(minutes=15), label="konfirmasi password atau kode"
)
"""Re-entering the password before a sensitive change: an unlocked screen must not allow guessing."""

HANDSHAKES_PER_NETWORK: Final = Limit(
    "socket:handshake", 300, timedelta(minutes=1), office=3000, label="sambungan dari satu jaringan"
)
"""New sockets from one network. After a restart a whole office reconnects at once; a flood is cut off."""

SOCKETS_PER_NETWORK: Final = 400
SOCKETS_PER_OFFICE: Final = 4_000
"""Open sockets of one network in each worker: a large office behind one address."""

EVENTS_PER_SOCKET: Final = Limit("socket:event", 200, timedelta(seconds=10), label="tindakan lewat satu sambungan")
"""Events of one socket. Saving while typing stays far below; a script is cut off before it fills the worker."""

UPLOADS_PER_ACCOUNT: Final = Limit("document:account", 60, timedelta(hours=1), label="unggahan dokumen")
"""Documents uploaded by one account: enough for twelve groups with several papers, not for filling the disk."""

REVEALS_PER_ACCOUNT: Final = Limit("profile:reveal", 60, timedelta(hours=1), label="nomor pribadi yang dilihat")
"""Masked profile numbers revealed: every field several times; limits what a stolen session reads."""

EMAIL_CHANGES_PER_ACCOUNT: Final = Limit("email-change:account", 5, timedelta(days=1), label="penggantian alamat email")
"""New addresses requested by one account: each sends a mail to an address somebody typed."""

EMAIL_CHANGES_PER_TARGET: Final = Limit(
    "email-change:target", 5, timedelta(days=1), label="penggantian ke satu alamat email"
)
"""Mails about a change to one address, over all accounts: nobody's mailbox is flooded."""

EXPORTS_PER_ACCOUNT: Final = Limit("export:account", 20, timedelta(hours=1), label="unduhan daftar")
"""Lists exported by one account or one system, reports of imports among them: each is costly and carries personal data (ASVS 15.2.2)."""

PROOF_CHECKS_PER_NETWORK: Final = Limit(
    "proof:address", 60, timedelta(minutes=1), office=600, label="pemeriksaan bukti dari satu jaringan"
)
"""Public proof checks from one network: a counter that scans proofs passes, a crawler does not."""

EMAIL_CORRECTION_REQUESTS_PER_NETWORK: Final = Limit(
    "email-request:address", 10, timedelta(hours=1), office=100, label="permintaan perbaikan email dari satu jaringan"
)
"""Public requests to correct an address: each costs an admin's time."""

EMAIL_CORRECTION_REQUESTS_PER_NIP_AND_NETWORK: Final = Limit(
    "email-request:nip-network", 3, timedelta(days=1), label="permintaan perbaikan email satu NIP dari satu jaringan"
)
"""Public requests for one NIP, known or not, from one network: strangers don't use up the owner's requests."""

EMAIL_CORRECTION_REQUESTS_PER_NIP: Final = Limit(
    "email-request:nip", 30, timedelta(days=1), label="permintaan perbaikan email untuk satu NIP"
)
"""The same from all networks; shutting a person out for a day takes ten networks."""

EMAIL_CORRECTION_MAILS_PER_NIP: Final = Limit(
    "email-request:letter", 3, timedelta(days=1), label="surat tentang perbaikan email untuk satu NIP"
)
"""Mails to the address on file about such requests: the form cannot flood a mailbox."""

HELP_SEARCHES_PER_NETWORK: Final = Limit(
    "help:address", 60, timedelta(minutes=10), office=600, label="pencarian helpdesk dari satu jaringan"
)
"""Public searches for an agency's helpdesk from one network: an office passes, a crawler does not."""

IMPORTS_PER_ACCOUNT: Final = Limit("import:account", 30, timedelta(hours=1), label="daftar alamat yang dikirim")
"""Address lists uploaded by one account: room to correct mistakes, not to fill the disk."""

IMPORTS_PER_TOKEN: Final = Limit(
    "import:token", 30, timedelta(hours=1), label="daftar alamat yang dikirim dengan satu token"
)
"""Lists of addresses sent by one system; they come daily or weekly."""

API_CALLS_PER_TOKEN: Final = Limit("api:token", 600, timedelta(minutes=10), label="panggilan API dengan satu token")
"""Calls of one system: one a second is enough to follow a run."""

API_FAILURES_PER_NETWORK: Final = Limit(
    "api:address", 30, timedelta(minutes=10), office=100, label="token API salah dari satu jaringan"
)
"""Calls with a wrong token from one network address."""

DENIALS_LOGGED_PER_ACCOUNT: Final = Limit("refused:account", 1, timedelta(minutes=1), label="penolakan yang dicatat")
"""Denials of one account written to the audit log: probing on purpose does not flood it."""

DOWNLOADS_AT_ONCE: Final = 2
"""Files for download that one process makes at a time."""

UPLOADS_AT_ONCE: Final = 64
UPLOADS_AT_ONCE_PER_ACCOUNT: Final = 4
"""Documents that one process receives at a time: memory and disk stay bounded, and no account takes all the room."""

LISTS_RECEIVED_AT_ONCE: Final = 8
"""Import files that one process receives at a time."""

PDF_CHECKS_QUEUED: Final = 40
"""Documents that wait for a check in one process; the last one waits for a second or two."""

HASHES_QUEUED: Final = 60
"""Waiting password checks in one process; at about 0.35 s each on two cores the last one waits some ten seconds."""

HASHING_OFFICE_SHARE: Final = 8
"""Turns and slots of a network that many people share, for one of any other network."""

LIMITS: Final = tuple(value for value in list(globals().values()) if isinstance(value, Limit))
"""Every limit, for the documentation and for the check that no two share a name."""
