"""The tables that every service has."""

from shared import schema
from tasks_service.models.base import Model


class IdempotencyKey(schema.IdempotencyKeyColumns, Model):
    pass


class ConsumedEvent(schema.ConsumedEventColumns, Model):
    pass


class DeadLetter(schema.DeadLetterColumns, Model):
    pass


class Heartbeat(schema.HeartbeatColumns, Model):
    pass


class Person(schema.PersonColumns, Model):
    pass
