"""Watchers: people who are told of a task although they have no part in it."""
