"""Records on file as tables: what an agency brings in, and what it takes out. Columns come from the declarations of the groups."""

from mysapk_web.services.records.exporting import export_records
from mysapk_web.services.records.importing import import_records

__all__ = ["export_records", "import_records"]
