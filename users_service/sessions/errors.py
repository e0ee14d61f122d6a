from shared.errors import NotFound


class SessionNotFound(NotFound):
    code = "session_not_found"
    detail = "There is no such session of yours."
