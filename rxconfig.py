"""What Reflex reads first. Everything that a person may set stands in `mysapk_web/settings.py`, not here."""

import reflex as rx

from mysapk_web.app.build import FrontEnd
from mysapk_web.app.runtime import reflex_options

config = rx.Config(
    app_name="mysapk_web",
    plugins=[rx.plugins.TailwindV4Plugin(), FrontEnd()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    **reflex_options(),
)
