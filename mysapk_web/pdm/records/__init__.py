"""Records on file as CSV: import, export, duplicates. The declarations of the groups define the columns."""

from mysapk_web.pdm.records.duplicates import report_duplicates
from mysapk_web.pdm.records.export import export_records
from mysapk_web.pdm.records.imports import import_records

__all__ = ["export_records", "import_records", "report_duplicates"]
