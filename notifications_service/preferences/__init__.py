"""Preferences: what each person wants to be told, where and when."""
