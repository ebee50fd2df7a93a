"""What any portal of this kind needs and no law speaks of."""
