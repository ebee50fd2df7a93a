"""Pure rules of the PDM."""
