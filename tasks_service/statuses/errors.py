from shared.errors import Conflict, NotFound


class StatusNotFound(NotFound):
    code = "status_not_found"
    detail = "The project has no such status."


class StatusInUse(Conflict):
    code = "status_in_use"
    detail = "Tasks have this status. Deleting it takes `?replace_with=<another status of the project>`."
