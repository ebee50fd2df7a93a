"""HTTP routes of the PDM."""
