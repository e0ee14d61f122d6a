"""What the routes of this service declare beside the aliases of `shared.dependencies`."""

from typing import Annotated

from fastapi import Depends, Request

from notifications_service.settings import Settings
from notifications_service.templates.sandbox import Sandbox
from shared.http import PeerClient


async def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def get_users(request: Request) -> PeerClient:
    users: PeerClient = request.app.state.peers["users"]
    return users


async def get_sandbox(request: Request) -> Sandbox:
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


SandboxDep = Annotated[Sandbox, Depends(get_sandbox)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
UsersDep = Annotated[PeerClient, Depends(get_users)]
