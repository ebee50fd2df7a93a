"""The rolls: people from files of other personnel systems, with a report on every row."""

from mysapk_web.services.rolls.people import import_pegawai
from mysapk_web.services.rolls.report import RowReport, Summary, Verdict, write_report
from mysapk_web.services.rolls.sheet import UnreadableFile

__all__ = [
    "RowReport",
    "Summary",
    "UnreadableFile",
    "Verdict",
    "import_pegawai",
    "write_report",
]
