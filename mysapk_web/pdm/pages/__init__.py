"""`/pdm` and what stands below it: the tiles, a group, the form of a usulan, sending, the proof."""
