"""Mutes: tasks and projects that a person does not want to hear of."""
