"""Configuration of Reflex from our own settings: the same in development, tests and production."""

from __future__ import annotations

import os
from typing import Any

import reflex as rx

from mysapk_web.platform.http.sockets import FRAME_LIMIT
from mysapk_web.settings import SettingsError, get_settings

_ENVIRONMENT = {
    "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": str(FRAME_LIMIT),
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_USE_GRANIAN": "true",
}


def reflex_options() -> dict[str, Any]:
    """Options of `rx.Config`.

    The front end is built without settings (a build machine has no secret), so errors are ignored here; `mysapk serve` has
    refused them already.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    options: dict[str, Any] = {
        "telemetry_enabled": False,
        "show_built_with_reflex": False,
        # The first one the browser accepts is sent: brotli is a seventh smaller.
        "frontend_compression_formats": ["brotli", "gzip"],
        "frontend_lazy_bundled_libraries": True,
        "default_color_mode": "system",
        "backend_host": "127.0.0.1",
        "state_manager_mode": rx.constants.StateManagerMode.MEMORY,
    }
    try:
        settings = get_settings()
    except SettingsError:
        return options
    options["cors_allowed_origins"] = sorted(settings.origins)
    if settings.redis_url is not None:
        options["redis_url"] = settings.redis_url.get_secret_value()
        options["state_manager_mode"] = rx.constants.StateManagerMode.REDIS
    return options
