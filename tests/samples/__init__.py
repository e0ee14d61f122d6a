"""Messages as they were published, by type and version. None is ever changed: what was written must stay readable."""
