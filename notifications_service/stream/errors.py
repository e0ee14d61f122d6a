from shared.errors import Forbidden, Problem


class OriginRefused(Forbidden):
    code = "origin_refused"
    detail = "Pages of this origin may not open sockets here: see ALLOWED_ORIGINS."


class CursorTooOld(Problem):
    status = 410
    code = "cursor_too_old"
    detail = "What followed this cursor is not kept any more. Read your tasks anew, then go on without `after`."


class SocketRefused(Exception):
    """Ends a socket with a close code (RFC 6455; 4000 and above are ours) and a reason for people."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason
