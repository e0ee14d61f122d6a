"""Who is looking at a task: told to those who look at it too."""
