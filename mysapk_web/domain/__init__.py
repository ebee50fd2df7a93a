"""Pure rules: no database, no network, no web framework, no settings. Everything comes in as an argument."""
