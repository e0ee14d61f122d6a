"""The dashboard: what somebody wants to see first, in one call."""
