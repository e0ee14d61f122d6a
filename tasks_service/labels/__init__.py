"""Labels: the words that tasks carry, with a colour, in a project or of one person."""
