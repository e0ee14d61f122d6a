"""Custom fields: what a project's tasks have beside what all tasks have."""
