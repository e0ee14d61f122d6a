"""How Taskwire is run: the embedded system, the supervised stack, the gateway's configuration and the command line."""
