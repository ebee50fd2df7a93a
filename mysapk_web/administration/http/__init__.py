"""HTTP routes of administration, among them the API for systems."""
