"""Components that several pages of accounts share."""
