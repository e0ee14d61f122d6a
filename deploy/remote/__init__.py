"""What people do at a running server from the command line: it knows the API and nothing of what is behind it."""
