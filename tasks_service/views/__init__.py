"""Saved views: a name for filters and a sort, for oneself or for a project."""
