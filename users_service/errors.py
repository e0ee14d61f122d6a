"""Every way the users service says no, beside those of shared/errors.py.

Unauthenticated
├── InvalidCredentials    401  no such account, another password, or not active: never told apart
├── OtpRequired           401  the password was right; a code is needed besides
├── AttemptInvalid        401  a provider's answer that this browser did not ask for, or asked for too long ago
├── ProviderRefused       401  the provider does not vouch for anybody, or for somebody who may not sign in
├── CodeInvalid           401  the code after a provider's answer is unknown, used, too old, or of another browser
├── InvalidOtp            401  the password was right; the code is wrong or was used before
└── InvalidRefreshToken   401  unknown, expired, used before, or of a session that has ended
Forbidden
├── AddressMissing        403  the provider gave no e-mail address, and an account needs one
├── RegistrationClosed    403  accounts are made by invitation only
└── AdminsOnly            403  this field or filter is for administrators
NotFound
├── UserNotFound          404  no such account, or none that you may see
├── SessionNotFound       404  no such session of yours
├── InvitationNotFound    404  no such invitation
├── IdentityNotFound      404  this provider is not linked with your account
├── ProviderNotFound      404  no such sign-in provider
└── AccessTokenNotFound   404  no such personal access token of yours
Conflict
├── UsernameTaken         409  somebody has that username
├── EmailTaken            409  somebody has that e-mail address
├── IdentityTaken         409  this person of the provider opens another account
├── LastWayIn             409  nothing else would open the account
├── AccountExists         409  an account has the address, and the provider is not believed to speak for it
├── LastAdmin             409  there would be no active administrator left
├── TwoFactorOn           409  two-factor authentication is on already
├── TwoFactorOff          409  two-factor authentication is not on, or not set up
├── TooManyAccessTokens   409  revoke one before you make another
└── AccountDeleted        409  the account was anonymised and does not come back
Unavailable
└── ProviderAway          503  the sign-in provider does not answer, or not as it should
Unprocessable
├── WrongPassword         422  the current password is another one
├── WrongOtp              422  the code is wrong or was used before
└── InvalidLink           422  a mailed link that was used before, is too old, or was never sent
TooManyMails              429  so many mails were asked for that strangers would suffer
TooManyGuesses            429  this account's passwords were guessed too often; try again after `Retry-After`
"""

from shared.errors import (
    Conflict,
    FieldError,
    Forbidden,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)


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


class AttemptInvalid(Unauthenticated):
    code = "sign_in_attempt_invalid"
    detail = "This answer belongs to no sign-in that began in this browser a moment ago. Begin again."


class ProviderRefused(Unauthenticated):
    code = "provider_refused"
    detail = "The provider's answer is not good for signing in here."


class CodeInvalid(Unauthenticated):
    code = "sign_in_code_invalid"
    detail = "This code is not good (any more) in this browser. Sign in again."


class InvalidOtp(Unauthenticated):
    code = "invalid_otp"
    detail = "This code is wrong, too old, or was used before."


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    detail = "This refresh token is not good (any more). Sign in again."


class AddressMissing(Forbidden):
    code = "email_missing"
    detail = "The provider gave no e-mail address, and an account needs one."


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
    is_refusal = True
    code = "wrong_password"

    def __init__(self, pointer: str = "/password") -> None:
        super().__init__(errors=[FieldError(pointer, "is not your password")])


class WrongOtp(Unprocessable):
    is_refusal = True
    code = "invalid_otp"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/otp", "is wrong, too old, or was used before")])


class IdentityNotFound(NotFound):
    code = "identity_not_found"
    detail = "This provider is not linked with your account."


class ProviderNotFound(NotFound):
    code = "provider_not_found"
    detail = "There is no such sign-in provider."


class ProviderAway(Unavailable):
    code = "provider_unavailable"
    detail = "The sign-in provider does not answer as it should. Please try again, or sign in another way."


class AccessTokenNotFound(NotFound):
    code = "access_token_not_found"
    detail = "There is no such access token."


class TooManyAccessTokens(Conflict):
    code = "too_many_access_tokens"
    detail = "You have as many access tokens as one may have: revoke one that you do not need."


class SessionNotFound(NotFound):
    code = "session_not_found"
    detail = "There is no such session of yours."


class InvitationNotFound(NotFound):
    code = "invitation_not_found"
    detail = "There is no such invitation."


class UsernameTaken(Conflict):
    code = "username_taken"
    detail = "This username is taken: choose another one."


class EmailTaken(Conflict):
    code = "email_taken"
    detail = "There is an account with this e-mail address already."


class AccountExists(Conflict):
    code = "account_exists"
    detail = "There is an account with this e-mail address. Sign in to it with its password, then link the provider."


class IdentityTaken(Conflict):
    code = "identity_taken"
    detail = "With this identity somebody signs in to another account."


class LastWayIn(Conflict):
    code = "last_way_in"
    detail = "Nothing else opens your account: set a password first, by `POST /api/auth/password/forgot`."


class LastAdmin(Conflict):
    code = "last_admin"
    detail = "This is the last active administrator: make somebody else one first."


class AccountDeleted(Conflict):
    code = "account_deleted"
    detail = "This account was deleted and anonymised; it cannot be changed or brought back."


class InvalidLink(Unprocessable):
    is_refusal = True
    code = "invalid_link"
    detail = "This link is not good (any more): it was used before, or its time is over. Ask for a new one."

    def __init__(self, pointer: str = "/token") -> None:
        super().__init__(errors=[FieldError(pointer, "is not good (any more)")])


class TooManyMails(Problem):
    status = 429
    code = "too_many_mails"
    detail = "Too many mails were asked for. Try again in a quarter of an hour."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "900"})


class TooManyGuesses(Problem):
    status = 429
    is_refusal = True
    code = "too_many_guesses"
    detail = "Too many wrong attempts. Try again after the time in Retry-After, or ask for a new password."

    def __init__(self, user_id: int | None = None, *, retry_after: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})
        self.user_id = user_id
