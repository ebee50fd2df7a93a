"""What the front end really sends over its socket is what the gate lets through."""

from __future__ import annotations

from playwright.sync_api import WebSocket

from mysapk_web.demo.accounts import DemoAccount
from tests.browser.conftest import NewPage
from tests.browser.steps import at_home, log_in


def test_a_walk_sends_what_the_gate_knows_and_loses_no_socket(
    new_page: NewPage, accounts: dict[str, DemoAccount]
) -> None:
    sent: list[str | bytes] = []
    closed: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))
        socket.on("close", lambda _: closed.append(page.url))

    page = new_page()
    page.on("websocket", listen)
    log_in(page, accounts["pegawai"])
    at_home(page)
    closed.clear()
    for name in ("Profil", "Keamanan"):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_url(f"**/{name.lower()}")
    page.wait_for_load_state("networkidle")
    assert closed == []
    assert all(isinstance(frame, str) for frame in sent)
    assert {str(frame)[:11] for frame in sent} <= {"40/_event,{", "41/_event,", "42/_event,[", "3"}
    assert {str(frame)[:10] for frame in sent} >= {"40/_event,", "42/_event,"}
