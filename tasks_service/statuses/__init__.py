"""The statuses that a project has of its own, and the ways between them."""
