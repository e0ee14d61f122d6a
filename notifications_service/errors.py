"""How the notifications service says no in several places. What one feature says alone is in its `errors.py`."""

from shared.errors import Forbidden


class ForeignInbox(Forbidden):
    code = "foreign_inbox"
    detail = "Only administrators read the notifications of others."
