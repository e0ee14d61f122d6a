"""Who belongs to a project, as far as presence needs it: remembered from its events."""

from notifications_service.presence import queries
from shared.database import Session
from shared.events import MemberEvent, ProjectEvent


async def on_project_changed(session: Session, event: ProjectEvent | MemberEvent) -> None:
    """A project's first audience are its first members."""
    project = event.data.project
    if event.type == "project.created":
        members, here = event.audience, True
    elif event.type == "project.deleted":
        members, here = event.audience, False
    elif isinstance(event, MemberEvent):
        members, here = [event.data.member.user_id], event.type != "project.member_removed"
    else:
        return
    await session.execute(queries.REMEMBER, project.id, members, here, project.version)
