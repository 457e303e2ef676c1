"""Better plans from a plan: needless steps out, then windows solved anew, over and over."""
