"""Who belongs to a project, as far as presence needs it: remembered from its events."""

from notifications_service.presence import queries
from shared.database import Session
from shared.events import MemberEvent, ProjectEvent


async def on_project_changed(session: Session, event: ProjectEvent | MemberEvent) -> None:
    """The audience of a project's event are its members, also when it comes back from the trash."""
    project = event.data.project
    if isinstance(event, MemberEvent):
        members, here = [event.data.member.user_id], event.type != "project.member_removed"
    else:
        members, here = event.audience, event.type != "project.deleted"
    await session.execute(queries.REMEMBER, project.id, members, here, project.version)
