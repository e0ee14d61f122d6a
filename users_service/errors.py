"""How the users service says no in several places. What one feature says alone is in its `errors.py`."""

from shared.errors import Conflict, FieldError, Forbidden, NotFound, Unauthenticated, Unprocessable


class InvalidCredentials(Unauthenticated):
    """`user_id` is for the audit trail alone: the answer is the same with and without."""

    code = "invalid_credentials"
    detail = "The username or the password is wrong."

    def __init__(self, user_id: int | None = None) -> None:
        super().__init__()
        self.user_id = user_id


class OtpRequired(Unauthenticated):
    code = "otp_required"
    detail = "Two-factor authentication is on: send a code of your app, or a recovery code, as `otp`."


class RegistrationClosed(Forbidden):
    code = "registration_closed"
    detail = "This system does not take registrations. Ask an administrator for an account."


class UserNotFound(NotFound):
    code = "user_not_found"
    detail = "There is no such user."


class UsernameTaken(Conflict):
    code = "username_taken"
    detail = "This username is taken: choose another one."


class EmailTaken(Conflict):
    code = "email_taken"
    detail = "There is an account with this e-mail address already."


class InvalidLink(Unprocessable):
    is_refusal = True
    code = "invalid_link"
    detail = "This link is not good (any more): it was used before, or its time is over. Ask for a new one."

    def __init__(self, pointer: str = "/token") -> None:
        super().__init__(errors=[FieldError(pointer, "is not good (any more)")])
