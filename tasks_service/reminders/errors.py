from shared.errors import Conflict, Forbidden, NotFound


class ReminderNotFound(NotFound):
    code = "reminder_not_found"
    detail = "There is no such reminder, or it is not yours."


class ReminderRefused(Forbidden):
    code = "reminder_refused"
    detail = "Only those who have a part in a task are reminded of it."


class TooManyReminders(Conflict):
    code = "too_many_reminders"
    detail = "You have as many reminders of this task as one may."
