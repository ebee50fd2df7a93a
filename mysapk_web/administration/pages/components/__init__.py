"""Parts that several pages of administration show."""
