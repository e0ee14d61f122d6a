from shared.errors import NotFound


class CalendarNotFound(NotFound):
    code = "calendar_not_found"
    detail = "There is no such calendar, or not any more."
