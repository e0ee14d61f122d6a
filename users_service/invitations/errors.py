from shared.errors import NotFound


class InvitationNotFound(NotFound):
    code = "invitation_not_found"
    detail = "There is no such invitation."
