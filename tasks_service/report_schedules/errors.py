from shared.errors import Conflict, NotFound


class ReportScheduleNotFound(NotFound):
    code = "report_schedule_not_found"
    detail = "There is no such schedule of reports, or it is not yours."


class TooManyReportSchedules(Conflict):
    code = "too_many_report_schedules"
    detail = "You have as many schedules of reports as one may. Delete some first."
