"""What the document routes share: the actor, path parameters, and responses to whatever goes wrong.

The gate has checked Host and Origin. Each route reads the actor from the database and lets a use case decide; what
somebody may not see gets the answer of what does not exist.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from mysapk_web.accounts import access_log, sessions
from mysapk_web.organisation.actor import Actor
from mysapk_web.pdm.documents import DocumentTooLargeError, TooManyUploadsError
from mysapk_web.pdm.pdf_inspection import PdfRefusedError
from mysapk_web.platform import document_store, executors
from mysapk_web.platform.errors import PermissionDenied, ServerBusyError, UserError
from mysapk_web.platform.log import exception_location
from mysapk_web.platform.rules.row_id import parse_row_id
from mysapk_web.settings import get_settings

log = structlog.get_logger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]

_BUSY: Final = "Sistem sedang sibuk. Tunggu sebentar, lalu unggah lagi."
_BROKEN: Final = "Berkas belum tersimpan karena gangguan. Coba lagi beberapa menit lagi."
_LOGGED_OUT: Final = "Sesi Anda sudah berakhir. Masuk kembali, lalu ulangi."
_UNKNOWN: Final = "Usulan atau dokumen ini tidak ditemukan. Muat ulang halaman ini."
_SLOW: Final = "Pengiriman berkas terlalu lama atau terputus. Periksa koneksi Anda, lalu unggah lagi."
_MISSING: Final = (
    "Berkas dokumen ini tidak ditemukan di penyimpanan. Bila usulannya milik Anda dan masih dapat diubah, unggah ulang "
    "dokumennya. Bila tidak, hubungi helpdesk dan sebutkan nama dokumen serta usulannya."
)
_DAMAGED: Final = "Dokumen ini rusak di penyimpanan. Unggah ulang dokumennya, atau hubungi helpdesk."


class DocumentRequestError(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


async def read_actor(request: Request) -> Actor:
    actor = await executors.run_read_only(sessions.read_actor, get_settings(), request.scope["mysapk.visitor"])
    if actor is None:
        raise DocumentRequestError(401, _LOGGED_OUT)
    return actor


def path_id(request: Request, name: str) -> int:
    number = parse_row_id(request.path_params[name])
    if not number:
        raise PermissionDenied("not a number")
    return number


async def attempt(endpoint: Endpoint, request: Request) -> Response | tuple[int, str]:
    """The response, or status and sentence of what went wrong."""
    try:
        return await endpoint(request)
    except DocumentRequestError as error:
        return error.status, error.sentence
    except PermissionDenied:
        await access_log.log_denied_request(request.scope["mysapk.visitor"], f"dokumen:{endpoint.__name__}")
        return 404, _UNKNOWN
    except UserError as refusal:
        return _status(refusal), refusal.sentence
    except ServerBusyError:
        return 503, _BUSY
    except (TimeoutError, ClientDisconnect):
        return 408, _SLOW
    except document_store.DocumentMissingError:
        log.error("document missing in storage", route=endpoint.__name__, document=_asked_for(request))  # noqa: TRY400
        return 404, _MISSING
    except document_store.DocumentDamagedError:
        log.error("document damaged in storage", route=endpoint.__name__, document=_asked_for(request))  # noqa: TRY400
        return 500, _DAMAGED
    except Exception as error:  # noqa: BLE001
        log.error("route failed", route=endpoint.__name__, error=type(error).__name__, at=exception_location(error))  # noqa: TRY400
        return (503 if isinstance(error, SQLAlchemyError) else 500), _BROKEN


def _asked_for(request: Request) -> str:
    """Id of the document, for the log: its storage path is in its row, never in the log."""
    return str(request.path_params.get("document_id", ""))


def _status(refusal: UserError) -> int:
    known = {DocumentTooLargeError: 413, TooManyUploadsError: 429, PdfRefusedError: 422}
    return next((status for kind, status in known.items() if isinstance(refusal, kind)), 409)
