"""Projects: what tasks belong to, with a key of its own and members in roles."""
