"""Everything that the tasks service does behind its API: `python -m tasks_service.worker`."""

import asyncio
from functools import partial

from shared import bus as buses
from shared import idempotency, logging
from shared.bus import Bus
from shared.consumer import Consumer
from shared.database import Database
from shared.dead_letters import replay_requested
from shared.http import PeerClient
from shared.outbox import Relay
from shared.renewal import open_bus
from shared.settings import load
from shared.worker import Loop, Worker, run_until_signalled
from tasks_service.activity import service as activity
from tasks_service.attachments import service as attachments
from tasks_service.attachments.storage import open_storage
from tasks_service.counts.service import Folder
from tasks_service.handlers import handle
from tasks_service.imports import jobs as imports
from tasks_service.imports.service import purge as purge_imports
from tasks_service.projects import service as projects
from tasks_service.reminders.schedule import Reminders
from tasks_service.report_jobs import making
from tasks_service.report_jobs import service as reports
from tasks_service.report_schedules import service as report_schedules
from tasks_service.settings import Settings
from tasks_service.sync import service as sync
from tasks_service.tasks import service

REMINDERS_EVERY = 2.0  # seconds
FOLD_EVERY = 0.5  # seconds
IMPORTS_EVERY = 1.0  # seconds
REPORTS_EVERY = 1.0  # seconds
SCHEDULES_EVERY = 10.0  # seconds
MOVE_EVERY = 2.0  # seconds
PURGE_EVERY = 3600.0
STRAYS_EVERY = 12 * PURGE_EVERY


async def run(settings: Settings, bus: Bus, stop: asyncio.Event) -> None:
    """Relays this service's events, takes in those of users, and empties what has expired."""
    async with Database(settings.database_url, pool_size=4, name="taskwire-tasks-worker") as database:
        relay = Relay(settings.database_url, bus, "/tasks")
        consumer = Consumer(database, buses.TASKS.queue, handle)
        users = PeerClient(settings.users_url)
        storage, reminders, folder = open_storage(settings), Reminders(settings), Folder()
        bus.subscribe(buses.TASKS, consumer, on_dead=consumer.bury_all)
        loops = [
            Loop("dead letters", 1.0, lambda: replay_requested(database.session(), consumer)),
            Loop("counts", FOLD_EVERY, lambda: folder.fold(database.session())),
            Loop("reminders", REMINDERS_EVERY, lambda: reminders.send_due(database.session())),
            Loop("imports", IMPORTS_EVERY, lambda: imports.run_next(database, settings, users)),
            Loop("ended imports", PURGE_EVERY, lambda: purge_imports(database.session())),
            Loop("reports", REPORTS_EVERY, lambda: making.make_next(database, settings, users)),
            Loop("schedules of reports", SCHEDULES_EVERY, lambda: report_schedules.ask_due(database.session())),
            Loop("old reports", PURGE_EVERY, lambda: reports.purge(database.session())),
            Loop("trash", PURGE_EVERY, lambda: service.purge_trash(database.session(), settings)),
            Loop("projects' tasks", MOVE_EVERY, lambda: projects.move_next_tasks(database.session())),
            Loop("projects' trash", PURGE_EVERY, lambda: projects.purge_trash(database.session(), settings)),
            Loop("events", PURGE_EVERY, lambda: activity.purge(database.session(), settings)),
            Loop("sync", PURGE_EVERY, lambda: sync.tidy(database.session())),
            Loop("unused files", PURGE_EVERY, lambda: attachments.drop_unused(database.session(), storage)),
            Loop("stray files", STRAYS_EVERY, lambda: attachments.collect_strays(database.session(), storage)),
            Loop("idempotency keys", PURGE_EVERY, partial(idempotency.purge, database)),
        ]
        status = {
            "relay": lambda: relay.status,
            "consumer": lambda: "ok" if bus.connected else "broker unreachable",
        }
        await Worker(database, loops, [relay.run], status).run(stop)


async def main(stop: asyncio.Event) -> None:
    settings = load(Settings)
    logging.configure(settings, "tasks-worker")
    bus = open_bus(settings, "tasks-worker")
    async with bus:
        await run(settings, bus, stop)


if __name__ == "__main__":
    run_until_signalled(main)
