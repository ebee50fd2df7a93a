"""The app: pages, gate, background jobs. Wiring only."""

import reflex as rx


def index() -> rx.Component:
    return rx.el.main(rx.el.h1("MySAPK Web", class_name="text-2xl"), rx.el.a("Masuk", href="/masuk"))


app = rx.App(html_lang="id", toaster=None)
app.add_page(index, route="/", title="x")
