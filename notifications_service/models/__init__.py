"""The database of the notifications service, by subject.

Only migrations and tests import it: at runtime the SQL of each feature stands in its `queries.py`.
"""

from notifications_service.models import common, inbox, mails, stream, webhooks
from notifications_service.models.base import Model

__all__ = ["Model", "common", "inbox", "mails", "stream", "webhooks"]
