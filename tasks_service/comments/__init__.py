"""Comments: written on a task, changed, reacted to. A mention tells those who may see the task."""
