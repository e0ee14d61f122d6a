from shared.errors import Conflict, NotFound


class MuteNotFound(NotFound):
    code = "mute_not_found"
    detail = "This is not muted."


class TooManyMutes(Conflict):
    code = "too_many_mutes"
    detail = "You muted as many tasks and projects as one may. Let some of them speak again first."
