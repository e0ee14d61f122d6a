"""The API of the tasks service: `python -m tasks_service.main`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from shared import revocation
from shared.app import build_app
from shared.auth import HttpVerifier
from shared.bus import Bus
from shared.dead_letter_routes import router_at
from shared.renewal import open_bus
from shared.renewal_routes import router as renewal
from shared.serve import serve
from shared.settings import load
from shared.unchanged import UnchangedAnswers
from tasks_service.activity.routes import router as activity
from tasks_service.attachments.previews import Previews
from tasks_service.attachments.routes import router as attachments
from tasks_service.attachments.storage import open_storage
from tasks_service.bulk.routes import router as bulk
from tasks_service.calendar.routes import router as calendar
from tasks_service.comments.routes import router as comments
from tasks_service.copies.routes import router as copies
from tasks_service.dashboard.routes import router as dashboard
from tasks_service.exports.routes import router as exports
from tasks_service.exports.service import Exports
from tasks_service.fields.routes import router as fields
from tasks_service.history.routes import router as history
from tasks_service.imports.routes import router as imports
from tasks_service.labels.routes import router as labels
from tasks_service.members.routes import router as members
from tasks_service.moves.routes import router as moves
from tasks_service.projects.routes import router as projects
from tasks_service.projects.routes import tasks_router as project_tasks
from tasks_service.recurrence.routes import router as recurrence
from tasks_service.reminders.routes import router as reminders
from tasks_service.report_jobs.routes import router as report_jobs
from tasks_service.report_schedules.routes import router as report_schedules
from tasks_service.reports.routes import router as reports
from tasks_service.settings import Settings
from tasks_service.statuses.routes import router as statuses
from tasks_service.sync.routes import router as sync
from tasks_service.tasks.rendering import RenderedTasks
from tasks_service.tasks.routes import router as tasks
from tasks_service.time_entries.routes import router as time_entries
from tasks_service.views.routes import router as views
from tasks_service.watchers.routes import router as watchers


def create_app(settings: Settings, bus: Bus | None = None) -> FastAPI:
    """The application. Without a bus it makes its own connection to RabbitMQ."""

    @asynccontextmanager
    async def start(app: FastAPI) -> AsyncIterator[None]:
        verifier = app.state.verifier = HttpVerifier(app.state.peers["users"])
        app.state.rendered_tasks = RenderedTasks()
        app.state.list_answers = UnchangedAnswers()
        app.state.storage = open_storage(settings)
        app.state.exports = Exports(settings)
        app.state.previews = Previews(app.state.storage)
        revocation.listen(app.state.bus, verifier)
        yield

    return build_app(
        "tasks",
        settings,
        bus or open_bus(settings, "tasks"),
        [
            sync,
            bulk,
            exports,
            imports,
            tasks,
            moves,
            copies,
            recurrence,
            history,
            labels,
            watchers,
            time_entries,
            comments,
            attachments,
            reminders,
            router_at("/api/dead-letters/tasks", "tasks_"),
            activity,
            reports,
            report_schedules,
            report_jobs,
            dashboard,
            projects,
            project_tasks,
            members,
            statuses,
            fields,
            views,
            calendar,
            renewal,
        ],
        start=start,
        owns_bus=bus is None,
        expected_beats=("relay", "consumer"),
    )


if __name__ == "__main__":
    settings = load(Settings)
    serve(settings, "tasks", lambda: create_app(settings))
