"""What the routes of this service declare beside the aliases of `shared.dependencies`."""

from typing import Annotated

from shared.dependencies import from_app, peer
from shared.http import PeerClient
from shared.unchanged import UnchangedAnswers
from tasks_service.attachments.previews import Previews
from tasks_service.attachments.storage import Storage
from tasks_service.exports.service import Exports
from tasks_service.settings import Settings
from tasks_service.tasks.rendering import RenderedTasks

ExportsDep = Annotated[Exports, from_app("exports")]
ListAnswersDep = Annotated[UnchangedAnswers, from_app("list_answers")]
NotificationsDep = Annotated[PeerClient, peer("notifications")]
PreviewsDep = Annotated[Previews, from_app("previews")]
RenderedTasksDep = Annotated[RenderedTasks, from_app("rendered_tasks")]
SettingsDep = Annotated[Settings, from_app("settings")]
StorageDep = Annotated[Storage, from_app("storage")]
UsersDep = Annotated[PeerClient, peer("users")]
