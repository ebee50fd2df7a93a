"""Components that several pages of the PDM share."""
