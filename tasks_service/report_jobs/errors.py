from shared.errors import Conflict, NotFound


class ReportNotFound(NotFound):
    code = "report_not_found"
    detail = "There is no such report, or it is not yours."


class ReportNotReady(Conflict):
    code = "report_not_ready"
    detail = "There is no file: the report is not done."


class ReportEnded(Conflict):
    code = "report_ended"
    detail = "The report has ended: there is nothing to stop."


class TooManyReports(Conflict):
    code = "too_many_reports"
    detail = "As many reports are being made for you as may be at once. Wait for one of them, or cancel it."
