"""The three time zones of Indonesia."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

ZONES: Final[Mapping[str, ZoneInfo]] = MappingProxyType(
    {"WIB": ZoneInfo("Asia/Jakarta"), "WITA": ZoneInfo("Asia/Makassar"), "WIT": ZoneInfo("Asia/Jayapura")}
)
"""The three zones of the country (Keppres 41/1987), by the name that people use."""
