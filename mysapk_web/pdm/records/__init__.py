"""Records on file as tables: import, export, duplicates. The declarations of the groups define the columns."""
