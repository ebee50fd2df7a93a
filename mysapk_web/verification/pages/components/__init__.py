"""Components that several pages of verification share."""
