"""Reminders of due dates: those that everybody gets, and those that people set for themselves."""
