"""A worker that stops between the sending and the marking of its third mail, and waits there to be killed.

Started by `test_mail_killed.py` as a process of its own: `python stalling_worker.py DATABASE_URL SMTP_PORT`.
"""

from __future__ import annotations

import sys
import time
from email.message import EmailMessage

from mysapk_web.app.mail_dispatcher import MailDispatcher
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.transports import SmtpTransport
from mysapk_web.settings import Settings

STALLS_AT = 3


class Stalling(SmtpTransport):
    sent = 0

    def send(self, message: EmailMessage, recipient: str) -> None:
        super().send(message, recipient)
        self.sent += 1
        if self.sent == STALLS_AT:
            print("sent, not marked", flush=True)
            time.sleep(60)


if __name__ == "__main__":
    settings = Settings(
        _env_file=None,
        demo=True,
        secret_key="only-for-tests-0123456789-abcdefghijklmnop",
        mail_backend="smtp",
        smtp_host="127.0.0.1",
        smtp_port=int(sys.argv[2]),
        smtp_security="none",
    )
    MailDispatcher(Database(sys.argv[1]), settings, Stalling(settings)).run_once()
