"""The tables that every service has."""

from notifications_service.models.base import Model
from shared import schema


class Event(schema.EventColumns, Model):
    pass


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
