"""Code tables: data files and their loader."""
