"""Sends the outbox, in a thread beside the app or alone (`mysapk worker`)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import threading
import time
from datetime import timedelta

import structlog

from mysapk_web.app import mail_leases, mail_registry
from mysapk_web.app.mail_context_reader import SkippedMail
from mysapk_web.app.mail_leases import ClaimedMail
from mysapk_web.platform.background import MAIL, run_in_thread
from mysapk_web.platform.database import Database
from mysapk_web.platform.mail.errors import MailConnectionError, PermanentMailError, TemporaryMailError
from mysapk_web.platform.mail.smtp import DEADLINE_STEPS
from mysapk_web.platform.mail.transports import Transport
from mysapk_web.platform.tables.outbox import OutboxState
from mysapk_web.settings import Settings

BATCH = 20
"""Mails per claim: so many wait for the lease to expire when the process dies."""

KEEP_OPEN_SECONDS = 10.0
"""Idle time after which the connection is closed."""

STOP_SECONDS = 10.0
"""Longest wait for the current mail at shutdown; after that it may be sent again later."""

_MARGIN_SECONDS = 10.0
"""For rendering and marking, on top of the longest send."""

log = structlog.get_logger("mysapk.mail")


class MailDispatcher:
    """Several may run at once, in threads, processes or machines, over one database."""

    def __init__(self, db: Database, settings: Settings, transport: Transport) -> None:
        self.worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._db = db
        self._settings = settings
        self._transport = transport
        longest_send = DEADLINE_STEPS * settings.smtp_timeout + _MARGIN_SECONDS
        self._lease_seconds = 2 * longest_send
        self._renew_below = longest_send
        self._lease_ends = 0.0
        self._unmarked: set[int] = set()
        self._server_fault: MailConnectionError | None = None
        self._busy_at = time.monotonic()
        self._woken = threading.Event()
        self._stopping = threading.Event()

    def run_once(self) -> int:
        """Claim one batch and send it; gives the number of mails handled.

        Raises:
            SQLAlchemyError: Mails sent but not marked are marked at the next call, before anything else.
        """
        self._mark_sent()
        with self._db.read() as session:
            if not mail_leases.has_due_mail(session):
                return 0
        self._lease_ends = time.monotonic() + self._lease_seconds
        with self._db.begin() as session:
            waiting = mail_leases.claim(session, self.worker, limit=BATCH, lease=self._lease)
        done, reason = 0, ""
        try:
            while waiting and not self._stopping.is_set():
                waiting = self._keep_lease(waiting)
                if not waiting:
                    break
                mail_id = waiting.pop(0)
                done += 1
                self._deal_with(mail_id)
        except MailConnectionError as fault:
            reason = str(fault)
        finally:
            self._give_back(waiting, reason)
        return done

    def wake(self) -> None:
        """Look at once, from any thread; does not shorten a back-off."""
        self._woken.set()

    async def serve(self, stop: asyncio.Event) -> None:
        """Run until told to stop; finishes the current mail and releases the rest of the claim."""
        self._stopping.clear()
        finished = asyncio.Event()
        loop = asyncio.get_running_loop()

        def work() -> None:
            try:
                run_in_thread(MAIL, self._step, self._db, stopping=self._stopping, woken=self._woken)
                self._transport.close()
            finally:
                with contextlib.suppress(RuntimeError):  # the event loop did not wait any longer
                    loop.call_soon_threadsafe(finished.set)

        threading.Thread(target=work, name="mail", daemon=True).start()
        try:
            await stop.wait()
        finally:
            self._stopping.set()
            self._woken.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(finished.wait(), STOP_SECONDS)

    def _step(self) -> bool:
        """One batch; true when it was not empty. Raises MailConnectionError: the server is unreachable or refuses to serve."""
        self._server_fault = None
        done = self.run_once()
        if self._server_fault is not None:
            raise self._server_fault
        if done:
            self._busy_at = time.monotonic()
        elif time.monotonic() - self._busy_at > KEEP_OPEN_SECONDS:
            self._transport.close()
        return done > 0

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self._lease_seconds)

    def _keep_lease(self, waiting: list[int]) -> list[int]:
        """Renew the lease before it could run out during the next send; mails lost meanwhile are dropped."""
        if self._lease_ends - time.monotonic() > self._renew_below:
            return waiting
        self._lease_ends = time.monotonic() + self._lease_seconds
        with self._db.begin() as session:
            kept = mail_leases.renew(session, self.worker, waiting, lease=self._lease)
        return [mail_id for mail_id in waiting if mail_id in kept]

    def _give_back(self, waiting: list[int], reason: str) -> None:
        if waiting:
            with self._db.begin() as session:
                mail_leases.release(session, self.worker, waiting, reason=reason)

    def _deal_with(self, mail_id: int) -> None:
        with self._db.read() as session:
            found = mail_leases.prepare(session, self.worker, mail_id)
        if isinstance(found, SkippedMail):
            with self._db.begin() as session:
                mail_leases.mark_skipped(session, self.worker, mail_id, found)
            log.info("mail.withheld", mail=mail_id, state=found.state.value, reason=found.reason)
        elif found is not None:
            self._send(found)

    def _send(self, delivery: ClaimedMail) -> None:
        try:
            message = mail_registry.render(delivery.kind, delivery.context, self._settings)
        except (ValueError, TypeError, KeyError):
            self._refuse(delivery, "Surat tidak dapat disusun dari datanya.")
            return
        except PermanentMailError as fault:
            self._refuse(delivery, str(fault))
            return
        try:
            self._transport.send(message, delivery.context.recipient)
        except PermanentMailError as fault:
            self._refuse(delivery, str(fault))
        except MailConnectionError as fault:
            self._server_fault = fault
            self._put_off(delivery, str(fault))
            raise
        except TemporaryMailError as fault:
            self._put_off(delivery, str(fault))
        else:
            self._unmarked.add(delivery.mail_id)
            self._mark_sent()
            log.info("mail.sent", mail=delivery.mail_id, letter=delivery.kind.value)

    def _mark_sent(self) -> None:
        """Kept until it succeeds, so that a database error causes no second sending."""
        if self._unmarked:
            with self._db.begin() as session:
                mail_leases.mark_sent(session, self._unmarked)
            self._unmarked.clear()

    def _put_off(self, delivery: ClaimedMail, reason: str) -> None:
        with self._db.begin() as session:
            state = mail_leases.mark_retry(session, self.worker, delivery.mail_id, reason=reason)
        name = "mail.failed" if state is OutboxState.FAILED else "mail.put_off"
        log.warning(name, mail=delivery.mail_id, letter=delivery.kind.value, reason=reason)

    def _refuse(self, delivery: ClaimedMail, reason: str) -> None:
        with self._db.begin() as session:
            mail_leases.mark_rejected(session, self.worker, delivery.mail_id, reason=reason)
        log.warning("mail.failed", mail=delivery.mail_id, letter=delivery.kind.value, reason=reason)
