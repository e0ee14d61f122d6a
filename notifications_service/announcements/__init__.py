"""Announcements: what administrators tell people."""
