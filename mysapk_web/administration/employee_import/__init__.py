"""Import of people on the rolls."""
