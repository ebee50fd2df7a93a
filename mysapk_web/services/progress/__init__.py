"""How far everybody is: the counts behind the figures, and who is still missing."""
