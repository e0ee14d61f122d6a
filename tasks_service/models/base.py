"""What all models of this service share."""

from sqlalchemy import text

from shared import schema

STATUSES = ("todo", "in_progress", "completed", "archived")
PRIORITIES = ("low", "medium", "high", "urgent")  # in this order: PostgreSQL sorts an enum as it was declared
LIVE = text("deleted_at IS NULL")
# Words are parted as the search parts them: at everything that PostgreSQL would keep inside addresses and numbers.
WORDS = "to_tsvector('simple', translate({column}, '@./-_:#+&=%?~', '             '))"
# The transaction that writes the row, by its 64-bit id.
THIS_TRANSACTION = text("(pg_current_xact_id())::text::bigint")


class Model(schema.Model):
    __abstract__ = True
    metadata = schema.metadata()
