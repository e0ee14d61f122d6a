"""Relations between tasks: parents and subtasks, and what waits for what."""
