"""Activity: who changed what, when, from what to what. Read from the events."""
