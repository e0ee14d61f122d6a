"""Moves: a task gets another place in the manual order of a board or a list."""
