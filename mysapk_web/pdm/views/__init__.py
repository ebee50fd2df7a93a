"""What pages of the PDM show."""
