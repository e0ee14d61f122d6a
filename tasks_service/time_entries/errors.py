from shared.errors import Conflict, Forbidden, NotFound


class TimeEntryNotFound(NotFound):
    code = "time_entry_not_found"
    detail = "There is no such time entry, or you may not see it."


class TimeEntryRefused(Forbidden):
    code = "time_entry_refused"
    detail = "You may read this task and enter no time on it."


class TimeEntryChangeRefused(Forbidden):
    code = "time_entry_change_refused"
    detail = "Only whoever made a time entry, and administrators, change it."


class TimeEntryNotRunning(Conflict):
    code = "time_entry_not_running"
    detail = "This time entry has ended already."
