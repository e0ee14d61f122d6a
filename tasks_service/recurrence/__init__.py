"""Recurrence: on which days a task comes due again."""
