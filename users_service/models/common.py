"""The tables that every service has."""

from shared import schema
from users_service.models.base import Model


class Event(schema.EventColumns, Model):
    pass


class IdempotencyKey(schema.IdempotencyKeyColumns, Model):
    pass


class Heartbeat(schema.HeartbeatColumns, Model):
    pass
