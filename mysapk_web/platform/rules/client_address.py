"""IP addresses of clients in one spelling, and the network each counts as."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

UNKNOWN: Final = ""
"""Anything invalid counts as one client, so that nobody escapes a limit by an odd spelling."""

_PREFIX_V6: Final = 64
"""A customer has at least a whole /64 (RFC 6177), otherwise 2**64 fresh addresses."""


@lru_cache(maxsize=4096)
def normalise_client_address(text: str) -> str:
    """Canonical text (RFC 5952) without mapped prefix, port, brackets, quotes and zone; `UNKNOWN` for anything else."""
    bare = text.strip().strip('"')
    host, _, behind = bare.removeprefix("[").partition("]") if bare.startswith("[") else (bare, "", "")
    if behind and not _is_port(behind.removeprefix(":")):
        return UNKNOWN
    parsed = _parsed(host)
    if parsed is None:
        host, _, port = host.rpartition(":")
        parsed = _parsed(host) if _is_port(port) else None
    return UNKNOWN if parsed is None else str(parsed)


@lru_cache(maxsize=4096)
def client_network(address: str) -> str:
    """IPv4 by itself, IPv6 as its /64."""
    known = normalise_client_address(address)
    return str(ip_network(f"{known}/{_PREFIX_V6}", strict=False)) if ":" in known else known


def _parsed(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host.partition("%")[0].strip())
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5
