"""Every way the users service says no, beside those of shared/errors.py.

Unauthenticated
├── InvalidCredentials    401  no such account, another password, or not active: never told apart
├── OtpRequired           401  the password was right; a code is needed besides
├── InvalidOtp            401  the password was right; the code is wrong or was used before
└── InvalidRefreshToken   401  unknown, expired, used before, or of a session that has ended
Forbidden
├── RegistrationClosed    403  accounts are made by invitation only
└── AdminsOnly            403  this field or filter is for administrators
NotFound
├── UserNotFound          404  no such account, or none that you may see
└── AccessTokenNotFound   404  no such personal access token of yours
Conflict
├── UsernameTaken         409  somebody has that username
├── EmailTaken            409  somebody has that e-mail address
├── LastAdmin             409  there would be no active administrator left
├── TwoFactorOn           409  two-factor authentication is on already
├── TwoFactorOff          409  two-factor authentication is not on, or not set up
├── TooManyAccessTokens   409  revoke one before you make another
└── AccountDeleted        409  the account was anonymised and does not come back
Unprocessable
├── WrongPassword         422  the current password is another one
└── WrongOtp              422  the code is wrong or was used before
"""

from shared.errors import Conflict, FieldError, Forbidden, NotFound, Unauthenticated, Unprocessable


class InvalidCredentials(Unauthenticated):
    code = "invalid_credentials"
    detail = "The username or the password is wrong."


class OtpRequired(Unauthenticated):
    code = "otp_required"
    detail = "Two-factor authentication is on: send a code of your app, or a recovery code, as `otp`."


class InvalidOtp(Unauthenticated):
    code = "invalid_otp"
    detail = "This code is wrong, too old, or was used before."


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    detail = "This refresh token is not good (any more). Sign in again."


class RegistrationClosed(Forbidden):
    code = "registration_closed"
    detail = "This system does not take registrations. Ask an administrator for an account."


class AdminsOnly(Forbidden):
    code = "admins_only"
    detail = "Only administrators may change or filter by `role` and `is_active`."


class UserNotFound(NotFound):
    code = "user_not_found"
    detail = "There is no such user."


class TwoFactorOn(Conflict):
    code = "two_factor_on"
    detail = "Two-factor authentication is on already."


class TwoFactorOff(Conflict):
    code = "two_factor_off"
    detail = "Two-factor authentication is not on."


class WrongPassword(Unprocessable):
    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/password", "is not your password")])


class WrongOtp(Unprocessable):
    code = "invalid_otp"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/otp", "is wrong, too old, or was used before")])


class AccessTokenNotFound(NotFound):
    code = "access_token_not_found"
    detail = "There is no such access token."


class TooManyAccessTokens(Conflict):
    code = "too_many_access_tokens"
    detail = "You have as many access tokens as one may have: revoke one that you do not need."


class UsernameTaken(Conflict):
    code = "username_taken"
    detail = "This username is taken: choose another one."


class EmailTaken(Conflict):
    code = "email_taken"
    detail = "There is an account with this e-mail address already."


class LastAdmin(Conflict):
    code = "last_admin"
    detail = "This is the last active administrator: make somebody else one first."


class AccountDeleted(Conflict):
    code = "account_deleted"
    detail = "This account was deleted and anonymised; it cannot be changed or brought back."
