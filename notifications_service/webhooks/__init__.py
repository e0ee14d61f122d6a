"""Webhooks: what somebody may see, sent to an address of theirs, signed, again and again until it is taken."""
