"""What all models of this service share."""

from shared import schema


class Model(schema.Model):
    __abstract__ = True
    metadata = schema.metadata()
