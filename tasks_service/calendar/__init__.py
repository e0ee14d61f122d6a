"""The calendar feed: due tasks for calendar programs, at an address that is a secret."""
