"""Tasks as files: CSV, JSON and iCalendar, streamed."""
