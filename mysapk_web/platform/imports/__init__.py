"""One engine for every import: a kind is a declaration (`kind.ImportKind`), everything else comes from here."""
