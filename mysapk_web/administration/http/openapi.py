"""The OpenAPI 3.1 description of `/api/v1/`, for those who connect a personnel system. A test holds it against the behaviour."""

from __future__ import annotations

from typing import Any, Final

from mysapk_web.administration.rules.email_row import EmailRowVerdict
from mysapk_web.platform.imports.rules import RunState
from mysapk_web.platform.imports.upload_store import MAX_BYTES
from mysapk_web.settings import Settings

_ERRORS: Final = {
    400: "Permintaan salah; lihat pesan.",
    401: "Token tidak ada, salah, dicabut, berakhir, atau pembuatnya tidak lagi menjadi admin instansi.",
    403: "Dikirim oleh peramban. Alamat ini hanya untuk sistem dengan token.",
    404: "Tidak ditemukan untuk token ini.",
    408: "Badan permintaan terputus atau terlalu lambat.",
    409: "Belum selesai diperiksa, sudah dibuang, atau terlalu banyak baris untuk XLSX.",
    413: "Berkas lebih dari 30 MB.",
    429: "Terlalu sering.",
    503: "Sedang sibuk atau terganggu.",
}
_IMPORT: Final = {"$ref": "#/components/schemas/Import"}


def document(settings: Settings) -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MySAPK Web: impor alamat email",
            "version": "1",
            "description": (
                "Alamat email dari aplikasi kepegawaian instansi, harian atau mingguan. Setiap token milik satu instansi dan "
                "hanya menjangkau pegawainya. Mengirim berkas yang sama dua kali tidak mengubah apa pun lagi."
            ),
        },
        "servers": [{"url": settings.public_url}],
        "security": [{"token": []}],
        "paths": {
            "/api/v1/email-imports": {"post": _create()},
            "/api/v1/email-imports/{id}": {"get": _show()},
            "/api/v1/email-imports/{id}/report": {"get": _report()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Import": _import_schema(), "Error": _error_schema()},
        },
    }


def _create() -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary", "maxLength": MAX_BYTES}}
    return {
        "operationId": "createEmailImport",
        "summary": "Kirim berkas CSV atau XLSX dengan kolom nip dan email",
        "parameters": [
            {
                "name": "mode",
                "in": "query",
                "description": "apply: baris yang baik langsung diterapkan. check: hanya diperiksa.",
                "schema": {"type": "string", "enum": ["apply", "check"], "default": "apply"},
            },
            {
                "name": "X-Nama-Berkas",
                "in": "header",
                "description": "Nama berkas, dengan penyandian persen.",
                "schema": {"type": "string"},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": binary,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": binary,
                "application/octet-stream": binary,
            },
        },
        "responses": {
            "202": {
                "description": "Diterima; ikuti alamat di Location.",
                "headers": {"Location": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": _IMPORT}},
            },
            **_errors(400, 401, 403, 408, 413, 429, 503),
        },
    }


def _show() -> dict[str, Any]:
    return {
        "operationId": "getEmailImport",
        "summary": "Keadaan impor dan hasil per jenis",
        "parameters": [_id()],
        "responses": {
            "200": {"description": "Keadaan impor.", "content": {"application/json": {"schema": _IMPORT}}},
            **_errors(401, 403, 404, 429, 503),
        },
    }


def _report() -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    return {
        "operationId": "getEmailImportReport",
        "summary": "Baris yang tidak diterapkan, dengan sebabnya",
        "parameters": [
            _id(),
            {
                "name": "format",
                "in": "query",
                "schema": {"type": "string", "enum": ["csv", "xlsx"], "default": "csv"},
            },
        ],
        "responses": {
            "200": {
                "description": "Kolom baris, nip, email, hasil, keterangan.",
                "content": {
                    "text/csv": text,
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": text,
                },
            },
            **_errors(400, 401, 403, 404, 409, 429, 503),
        },
    }


def _id() -> dict[str, Any]:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


def _errors(*statuses: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    return {
        str(status): {"description": _ERRORS[status], "content": {"application/json": {"schema": schema}}}
        for status in statuses
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _import_schema() -> dict[str, Any]:
    text, number, moment = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "date-time"}
    verdict = {"type": "string", "enum": [verdict.value for verdict in EmailRowVerdict]}
    return _object(
        {
            "id": number,
            "state": {"type": "string", "enum": [state.value for state in RunState]},
            "state_label": text,
            "finished": {"type": "boolean", "description": "Tidak ada lagi yang dikerjakan."},
            "file_name": text,
            "created_at": moment,
            "finished_at": {"type": ["string", "null"], "format": "date-time"},
            "rows": number,
            "percent": {"type": "integer", "description": "Langkah yang sedang berjalan; 0 selama belum diketahui."},
            "accepted": {"type": "integer", "description": "Baris yang baik."},
            "applied": {"type": "integer", "description": "Alamat yang sudah diganti."},
            "undone": {"type": "integer", "description": "Alamat yang dikembalikan admin."},
            "verdicts": {
                "type": "array",
                "items": _object({"verdict": verdict, "label": text, "advice": text, "rows": number}),
            },
            "error": {"type": ["string", "null"]},
            "links": _object({"self": text, "report": text}),
        }
    )


def _error_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return _object({"error": _object({"code": text, "message": text})})
