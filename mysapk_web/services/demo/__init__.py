"""The synthetic agency of demo mode (DESIGN 3): `fill` puts it into an empty database, `demo_accounts` lists the way in."""

from mysapk_web.services.demo.accounts import DemoAccount, demo_accounts
from mysapk_web.services.demo.fill import fill

__all__ = ["DemoAccount", "demo_accounts", "fill"]
