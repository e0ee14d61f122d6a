"""Sync: what changed for an offline client since it asked last, without gaps however transactions overlap."""
