"""Components that several pages of home share."""
