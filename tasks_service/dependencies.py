"""What the routes of this service declare beside the aliases of `shared.dependencies`."""

from typing import Annotated

from fastapi import Depends, Request

from shared.http import PeerClient
from tasks_service.attachments.previews import Previews
from tasks_service.attachments.storage import Storage
from tasks_service.exports.service import Exports
from tasks_service.settings import Settings
from tasks_service.tasks.rendering import RenderedTasks


async def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def get_users(request: Request) -> PeerClient:
    users: PeerClient = request.app.state.peers["users"]
    return users


async def get_notifications(request: Request) -> PeerClient:
    notifications: PeerClient = request.app.state.peers["notifications"]
    return notifications


async def get_rendered_tasks(request: Request) -> RenderedTasks:
    rendered: RenderedTasks = request.app.state.rendered_tasks
    return rendered


async def get_storage(request: Request) -> Storage:
    storage: Storage = request.app.state.storage
    return storage


async def get_previews(request: Request) -> Previews:
    previews: Previews = request.app.state.previews
    return previews


async def get_exports(request: Request) -> Exports:
    exports: Exports = request.app.state.exports
    return exports


ExportsDep = Annotated[Exports, Depends(get_exports)]
NotificationsDep = Annotated[PeerClient, Depends(get_notifications)]
PreviewsDep = Annotated[Previews, Depends(get_previews)]
RenderedTasksDep = Annotated[RenderedTasks, Depends(get_rendered_tasks)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
StorageDep = Annotated[Storage, Depends(get_storage)]
UsersDep = Annotated[PeerClient, Depends(get_users)]
