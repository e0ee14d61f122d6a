"""The database of the users service, by subject.

Only migrations and tests import it: at runtime the SQL of each feature stands in its `queries.py`.
"""

from users_service.models import accounts, audit, common, mails, oidc, sign_in
from users_service.models.base import Model

__all__ = ["Model", "accounts", "audit", "common", "mails", "oidc", "sign_in"]
