"""Numbers of tasks: exact at every moment, and read without counting."""
