"""The page for a URL that leads nowhere."""

from __future__ import annotations

import reflex as rx

from mysapk_web.ui.shell import page


def tidak_ditemukan() -> rx.Component:
    return page(
        rx.el.h1("Halaman tidak ditemukan"),
        rx.el.p(
            "Alamat yang Anda buka tidak ada atau sudah dipindahkan. Periksa ejaannya, atau mulai dari Beranda.",
            class_name="lead",
        ),
        rx.el.p(
            rx.el.a("Ke Beranda", href="/beranda", class_name="button button-primary"),
            rx.el.a("Bantuan", href="/bantuan", class_name="button button-secondary"),
            class_name="buttons mt-8",
        ),
    )
