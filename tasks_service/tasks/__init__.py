"""Tasks: made, read, listed, changed, moved to the trash and back."""
