from shared.errors import Conflict, NotFound


class WatcherNotFound(NotFound):
    code = "watcher_not_found"
    detail = "This user does not watch the task."


class TooManyWatchers(Conflict):
    code = "too_many_watchers"
    detail = "This task has as many watchers as it can keep."
