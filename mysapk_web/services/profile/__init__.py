"""The own profile: what is on file about a person, what they change themselves, and their e-mail address (page `/profil`)."""

from mysapk_web.services.profile.address import PendingAddress, ask_email, cancel_email, confirm_email
from mysapk_web.services.profile.changing import ChangedProfile, change_profile
from mysapk_web.services.profile.showing import AddressView, ProfileView, SectionView, profile, reveal

__all__ = [
    "AddressView",
    "ChangedProfile",
    "PendingAddress",
    "ProfileView",
    "SectionView",
    "ask_email",
    "cancel_email",
    "change_profile",
    "confirm_email",
    "profile",
    "reveal",
]
