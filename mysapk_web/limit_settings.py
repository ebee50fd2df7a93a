"""The limits of the account flows as settings; defaults and reasons are in `rate_limits.py`.

How often one secret may be guessed at all (tries of a token, wrong codes in a row) is not configurable: those limits keep
guessing hopeless.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Any, Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from mysapk_web import rate_limits
from mysapk_web.rate_limits import Limit, Lockout

Network = IPv4Network | IPv6Network
Count = Annotated[int, Field(ge=1, le=100_000)]

_WIDEST: Final = {4: 8, 6: 29}
"""Prefix of the widest network that is somebody's: 10.0.0.0/8, and what a registry gives one provider (RIPE-738)."""

_FIELDS: Final = {
    rate_limits.RECOVERY_PER_NETWORK: "limit_token_requests",
    rate_limits.TOKEN_CHECKS_PER_NETWORK: "limit_token_checks",
    rate_limits.LOGINS_PER_NETWORK: "limit_logins",
    rate_limits.EMAIL_CORRECTION_REQUESTS_PER_NETWORK: "limit_address_requests",
    rate_limits.HANDSHAKES_PER_NETWORK: "limit_handshakes",
    rate_limits.RECOVERY_PER_NIP: "limit_tokens",
    rate_limits.FAILED_LOGINS: "alarm_failed_logins",
    rate_limits.PASSWORD_CONFIRM_PER_ACCOUNT: "limit_password_checks",
    rate_limits.EMAIL_CHANGES_PER_ACCOUNT: "limit_address_changes",
    rate_limits.EMAIL_CHANGES_PER_TARGET: "limit_address_letters",
}
"""Limit -> the setting of its count; `<setting>_office` where it has a count for offices."""


class LimitSettings(BaseSettings):
    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    office_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    """Networks behind which many people share an address, such as `203.0.113.7, 198.51.100.0/28`: offices, carriers. Each address in them
    has the limits that end in `_OFFICE`."""
    limit_token_requests: Count = rate_limits.RECOVERY_PER_NETWORK.count
    """Requests for a token in an hour from one network address; beyond it the page says so."""
    limit_token_requests_office: Count = rate_limits.RECOVERY_PER_NETWORK.office or 0
    """The same for an address of an office."""
    limit_token_checks: Count = rate_limits.TOKEN_CHECKS_PER_NETWORK.count
    """Tokens entered in ten minutes from one network address."""
    limit_token_checks_office: Count = rate_limits.TOKEN_CHECKS_PER_NETWORK.office or 0
    """The same for an address of an office."""
    limit_logins: Count = rate_limits.LOGINS_PER_NETWORK.count
    """Logins in a minute from one network address."""
    limit_logins_office: Count = rate_limits.LOGINS_PER_NETWORK.office or 0
    """The same for an address of an office."""
    limit_login_failures: Count = rate_limits.NETWORK_FAILURES.free
    """Failed logins from one network address before it has to wait."""
    limit_login_failures_office: Count = rate_limits.NETWORK_FAILURES.office or 0
    """The same for an address of an office."""
    limit_address_requests: Count = rate_limits.EMAIL_CORRECTION_REQUESTS_PER_NETWORK.count
    """Requests in an hour from one network address to have an e-mail address repaired; beyond it the page says so."""
    limit_address_requests_office: Count = rate_limits.EMAIL_CORRECTION_REQUESTS_PER_NETWORK.office or 0
    """The same for an address of an office."""
    limit_handshakes: Count = rate_limits.HANDSHAKES_PER_NETWORK.count
    """Sockets opened in a minute from one network address, in each worker."""
    limit_handshakes_office: Count = rate_limits.HANDSHAKES_PER_NETWORK.office or 0
    """The same for an address of an office."""
    limit_sockets: Count = rate_limits.SOCKETS_PER_NETWORK
    """Sockets open at once from one network address, in each worker."""
    limit_sockets_office: Count = rate_limits.SOCKETS_PER_OFFICE
    """The same for an address of an office."""
    limit_tokens: Annotated[int, Field(ge=2, le=20)] = rate_limits.RECOVERY_PER_NIP.count
    """Tokens a day for one pair of NIP and address."""
    limit_resend_seconds: Annotated[int, Field(ge=10, le=3600)] = int(
        rate_limits.RECOVERY_RESEND.window.total_seconds()
    )
    """Seconds between two tokens of one pair."""
    limit_account_failures: Annotated[int, Field(ge=3, le=10)] = rate_limits.ACCOUNT_FAILURES.free
    """Failed logins of one account, or wrong codes of its authenticator, before it has to wait."""
    alarm_failed_logins: Count = rate_limits.FAILED_LOGINS.count
    """Failed logins in ten minutes, over all accounts and networks, beyond which the log warns (`login.failures`). Refuses nothing. Set it
    above what a Monday brings."""
    limit_password_checks: Annotated[int, Field(ge=3, le=20)] = rate_limits.PASSWORD_CONFIRM_PER_ACCOUNT.count
    """Passwords asked again in a quarter of an hour within one account."""
    limit_address_changes: Annotated[int, Field(ge=1, le=20)] = rate_limits.EMAIL_CHANGES_PER_ACCOUNT.count
    """Requests a day by one account to change its own e-mail address."""
    limit_address_letters: Annotated[int, Field(ge=1, le=20)] = rate_limits.EMAIL_CHANGES_PER_TARGET.count
    """Letters a day to one address about such changes."""

    @field_validator("office_networks", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        return tuple(_network(text) for text in value.replace(",", " ").split()) if isinstance(value, str) else value

    def limit(self, limit: Limit, client_address: str = "") -> Limit:
        """A limit as it is set."""
        if limit == rate_limits.RECOVERY_RESEND:
            return replace(limit, window=timedelta(seconds=self.limit_resend_seconds))
        office = limit.office is not None and self.is_office(client_address)
        if limit in _FIELDS:
            return replace(limit, count=self._count(_FIELDS[limit], office=office))
        return replace(limit, count=limit.office) if office and limit.office else limit

    def lockout(self, lockout: Lockout, client_address: str = "") -> Lockout:
        """A lockout as it is set."""
        if lockout.office is None:
            return replace(lockout, free=self.limit_account_failures)
        return replace(lockout, free=self._count("limit_login_failures", office=self.is_office(client_address)))

    def max_sockets(self, address: str) -> int:
        return self._count("limit_sockets", office=self.is_office(address))

    def is_office(self, address: str) -> bool:
        return bool(self.office_networks) and bool(address) and _within(address, self.office_networks)

    def _count(self, field: str, *, office: bool) -> int:
        return int(getattr(self, f"{field}_office" if office else field))

    def limit_faults(self) -> list[str]:
        """Contradictions, one line each."""
        pairs = [(name, name.removesuffix("_office")) for name in type(self).model_fields if name.endswith("_office")]
        return [
            f"MYSAPK_{office.upper()}: must not be lower than MYSAPK_{ordinary.upper()}."
            for office, ordinary in pairs
            if getattr(self, office) < getattr(self, ordinary)
        ]


def _network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is no network such as 203.0.113.7 or 198.51.100.0/28") from None
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise ValueError(f"{text!r}: write an IPv4 network as one")
    if network.prefixlen < _WIDEST[network.version]:
        raise ValueError(f"{text!r} is wider than any one network")
    return network


@lru_cache(maxsize=4096)
def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)
