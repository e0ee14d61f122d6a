from shared.errors import Conflict, FieldError, Unauthenticated, Unprocessable


class InvalidOtp(Unauthenticated):
    code = "invalid_otp"
    detail = "This code is wrong, too old, or was used before."


class TwoFactorOn(Conflict):
    code = "two_factor_on"
    detail = "Two-factor authentication is on already."


class TwoFactorOff(Conflict):
    code = "two_factor_off"
    detail = "Two-factor authentication is not on."


class WrongOtp(Unprocessable):
    is_refusal = True
    code = "invalid_otp"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/otp", "is wrong, too old, or was used before")])
