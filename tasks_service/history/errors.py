from shared.errors import Conflict, NotFound


class ActivityNotFound(NotFound):
    code = "activity_not_found"
    detail = "This task has no such entry in its activity."


class NothingToRevert(Conflict):
    code = "nothing_to_revert"
    detail = "This entry changed no field that could be given its former value."


class ChangeOvertaken(Conflict):
    code = "change_overtaken"
    detail = "What this entry changed was changed again since: `fields` says which."
