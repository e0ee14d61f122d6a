from shared.errors import Conflict, Forbidden, NotFound, Unauthenticated, Unavailable


class AttemptInvalid(Unauthenticated):
    code = "sign_in_attempt_invalid"
    detail = "This answer belongs to no sign-in that began in this browser a moment ago. Begin again."


class ProviderRefused(Unauthenticated):
    code = "provider_refused"
    detail = "The provider's answer is not good for signing in here."


class CodeInvalid(Unauthenticated):
    code = "sign_in_code_invalid"
    detail = "This code is not good (any more) in this browser. Sign in again."


class AddressMissing(Forbidden):
    code = "email_missing"
    detail = "The provider gave no e-mail address, and an account needs one."


class IdentityNotFound(NotFound):
    code = "identity_not_found"
    detail = "This provider is not linked with your account."


class ProviderNotFound(NotFound):
    code = "provider_not_found"
    detail = "There is no such sign-in provider."


class ProviderAway(Unavailable):
    code = "provider_unavailable"
    detail = "The sign-in provider does not answer as it should. Please try again, or sign in another way."


class AccountExists(Conflict):
    code = "account_exists"
    detail = "There is an account with this e-mail address. Sign in to it with its password, then link the provider."


class IdentityTaken(Conflict):
    code = "identity_taken"
    detail = "With this identity somebody signs in to another account."


class LastWayIn(Conflict):
    code = "last_way_in"
    detail = "Nothing else opens your account: set a password first, by `POST /api/auth/password/forgot`."
