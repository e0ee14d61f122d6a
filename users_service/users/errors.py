from shared.errors import Conflict, Forbidden, Problem


class AdminsOnly(Forbidden):
    code = "admins_only"
    detail = "Only administrators may change or filter by `role` and `is_active`."


class LastAdmin(Conflict):
    code = "last_admin"
    detail = "This is the last active administrator: make somebody else one first."


class AccountDeleted(Conflict):
    code = "account_deleted"
    detail = "This account was deleted and anonymised; it cannot be changed or brought back."


class TooManyMails(Problem):
    status = 429
    code = "too_many_mails"
    detail = "Too many mails were asked for. Try again in a quarter of an hour."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "900"})
