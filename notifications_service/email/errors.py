from shared.errors import NotFound


class MailNotFound(NotFound):
    code = "mail_not_found"
    detail = "There is no such mail that failed."


class UnsubscribeUnknown(NotFound):
    code = "unsubscribe_unknown"
    detail = "This is no link of a mail of ours."
