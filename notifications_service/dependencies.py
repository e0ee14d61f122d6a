"""What the routes of this service declare beside the aliases of `shared.dependencies`."""

from typing import Annotated

from notifications_service.settings import Settings
from notifications_service.templates.sandbox import Sandbox
from shared.dependencies import from_app, peer
from shared.http import PeerClient
from shared.outgoing import Outgoing
from shared.sealing import Sealer

OutgoingDep = Annotated[Outgoing, from_app("outgoing")]
SandboxDep = Annotated[Sandbox, from_app("sandbox")]
SealerDep = Annotated[Sealer, from_app("sealer")]
SettingsDep = Annotated[Settings, from_app("settings")]
UsersDep = Annotated[PeerClient, peer("users")]
