"""Records on file as tables: what an agency brings in and takes out, and what is there twice. The declarations of the groups say how."""

from mysapk_web.pdm.records.duplicates import report_duplicates
from mysapk_web.pdm.records.export import export_records
from mysapk_web.pdm.records.imports import import_records

__all__ = ["export_records", "import_records", "report_duplicates"]
