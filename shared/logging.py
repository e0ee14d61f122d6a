"""Logs: one JSON object (or one coloured line) for each record, the standard library's included."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from shared import context
from shared.settings import ServiceSettings

Event = MutableMapping[str, Any]


def add_request_id(_: Any, __: str, event: Event) -> Event:
    request = context.current.get()
    if request is not None:
        event.setdefault("request_id", request.request_id)
    return event


def configure(settings: ServiceSettings, service: str) -> None:
    """Sends every record of this process to standard output."""

    def add_service(_: Any, __: str, event: Event) -> Event:
        event.setdefault("service", service)
        return event

    chain: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        add_service,
        add_request_id,
        structlog.processors.format_exc_info,
    ]
    last: Any = structlog.processors.JSONRenderer()
    if settings.log_format == "console":
        chain.pop()  # the console renderer formats exceptions itself
        last = structlog.dev.ConsoleRenderer(
            colors=sys.stdout.isatty(),
            timestamp_key="time",
            exception_formatter=structlog.dev.plain_traceback,  # the rich one shows local variables: tokens, passwords
        )
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=chain))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("httpx", "httpcore", "aio_pika", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)  # the bus itself says when it has lost the broker


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
