"""Off-the-shelf planners behind one door: outcomes with evidence, plans validated and ordered."""
