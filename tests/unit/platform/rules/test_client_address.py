"""One client has one spelling and one counter, however a proxy writes its address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mysapk_web.platform.rules.client_address import UNKNOWN, client_network, normalise_client_address

V4 = st.ip_addresses(v=4).map(str)
V6 = st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None)  # type: ignore[union-attr]
PORTS = st.integers(0, 65_535)
BLANKS = st.sampled_from(["", " ", "\t", "  "])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:c000:207", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
        ("::ffff:192.0.2.7:443", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ('"[2001:db8::1]:4711"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:80", "fe80::1"),
        (" 192.0.2.7 ", "192.0.2.7"),
    ],
)
def test_every_spelling_of_an_address_is_the_same_client(text: str, expected: str) -> None:
    assert normalise_client_address(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "_hidden", "192.0.2", "192.0.2.256", "192.0.2.7:x", "192.0.2.7:", "[2001:db8::1", "[2001:db8::1]x",
     "[2001:db8::1]:", "192.0.2.7:123456", "192.0.2.7:\u0661", "1:2:3", "localhost:80", "010.0.0.1", "[]", "[]:80", ":80"],
)  # fmt: skip
def test_what_is_no_address_is_one_client(text: str) -> None:
    known = normalise_client_address(text)
    # A bracket that never closes leaves the address readable; everything else is nobody in particular.
    assert known in {UNKNOWN, "2001:db8::1"}
    assert (known == UNKNOWN) == (text != "[2001:db8::1")
    assert client_network(text) == client_network(known)


@given(V4, PORTS, BLANKS)
def test_an_ipv4_client_is_counted_once_in_whatever_form_it_comes(address: str, port: int, blank: str) -> None:
    mapped = IPv6Address(int(IPv4Address(address)) | 0xFFFF << 32)
    forms = [
        address,
        f"{address}:{port}",
        str(mapped),
        mapped.exploded,
        f"[{mapped}]:{port}",
        f"{blank}{address}{blank}",
    ]
    assert {normalise_client_address(form) for form in forms} == {address}
    assert {client_network(form) for form in forms} == {address}


@given(V6, st.integers(0, 2**64 - 1), PORTS)
def test_a_whole_ipv6_network_is_one_client(address: IPv6Address, host: int, port: int) -> None:
    sibling = IPv6Address(int(address) >> 64 << 64 | host)
    forms = [str(address), address.exploded.upper(), f"[{address}]:{port}", f"[{address}%eth0]"]
    assert {normalise_client_address(form) for form in forms} == {str(address)}
    if sibling.ipv4_mapped is None:
        assert client_network(str(address)) == client_network(str(sibling))
    assert address in IPv6Network(client_network(str(address)))


@given(st.text(max_size=60))
def test_any_text_has_one_normal_form_and_nothing_fails(text: str) -> None:
    known = normalise_client_address(text)
    assert normalise_client_address(known) == known
    assert client_network(text) == client_network(known)
    assert len(known) <= 39
