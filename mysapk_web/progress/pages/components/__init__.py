"""Components that several pages of progress share."""
