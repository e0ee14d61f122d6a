from shared.errors import FieldError, Unauthenticated, Unprocessable


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    detail = "This refresh token is not good (any more). Sign in again."


class WrongPassword(Unprocessable):
    is_refusal = True
    code = "wrong_password"

    def __init__(self, pointer: str = "/password") -> None:
        super().__init__(errors=[FieldError(pointer, "is not your password")])
