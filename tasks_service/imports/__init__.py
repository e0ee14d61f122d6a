"""Files of tasks that become tasks: a job with progress, and what is wrong with each row."""
