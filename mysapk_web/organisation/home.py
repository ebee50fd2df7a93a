from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from mysapk_web.organisation import periods
from mysapk_web.organisation.actor import Actor
from mysapk_web.organisation.periods import BannerView
from mysapk_web.organisation.tables.agency import Instansi, Unor
from mysapk_web.organisation.tables.pegawai import Pegawai


@dataclass(frozen=True, slots=True)
class HomeView:
    """A person in short, with the banner of their agency (None while no period is published)."""

    name: str
    jenis: str
    unit: str
    instansi: str
    banner: BannerView | None


def home_view(session: Session, actor: Actor) -> HomeView:
    pegawai, unor, instansi = session.exec(
        select(Pegawai, Unor, Instansi)
        .join(Unor, col(Unor.id) == Pegawai.unor_id)
        .join(Instansi, col(Instansi.id) == Pegawai.instansi_id)
        .where(Pegawai.id == actor.pegawai_id)
    ).one()
    banner = periods.banner(session, instansi)
    return HomeView(pegawai.full_name, pegawai.jenis.label, unor.name, instansi.name, banner)
