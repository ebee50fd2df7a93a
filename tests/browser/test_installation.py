"""What a phone needs to put the portal on its home screen, and what stands in the head of a page."""

from __future__ import annotations

import struct

from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.steps import open_login


def test_manifest_is_linked_and_valid(new_page: NewPage) -> None:
    page = new_page()
    open_login(page)
    told = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert told["url"].endswith("/manifest.webmanifest")
    assert told["errors"] == []

    manifest = page.request.get(told["url"]).json()
    assert (manifest["name"], manifest["short_name"], manifest["lang"]) == ("MySAPK Web", "MySAPK", "id")
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/beranda", "/")
    assert page.locator("meta[name=theme-color]").get_attribute("content") == manifest["theme_color"]


def test_icons_load_in_the_sizes_they_claim(new_page: NewPage) -> None:
    page = new_page()
    open_login(page)
    icons = page.request.get("/manifest.webmanifest").json()["icons"]
    assert {icon.get("purpose", "any") for icon in icons} == {"any", "maskable"}
    for icon in icons:
        answer = page.request.get(icon["src"])
        assert answer.status == 200
        assert answer.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", answer.body()[16:24])
            assert f"{width}x{height}" == icon["sizes"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in icons}
    for link in page.locator("link[rel~=icon], link[rel=apple-touch-icon]").all():
        assert page.request.get(link.get_attribute("href") or "").status == 200


def test_browser_would_install_it(new_page: NewPage) -> None:
    page = new_page()
    open_login(page)
    told = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")
    # A private window can't install anything; that is no fault of the page.
    assert [e["errorId"] for e in told["installabilityErrors"] if e["errorId"] != "in-incognito"] == []


def test_language_and_title(new_page: NewPage) -> None:
    page = new_page()
    open_login(page)
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page).to_have_title("Masuk - MySAPK Web")
    page.get_by_role("link", name="Lupa Password").click()
    expect(page).to_have_title("Lupa Password - MySAPK Web")
