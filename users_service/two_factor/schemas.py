"""Bodies and answers of two-factor authentication."""

from pydantic import BaseModel, ConfigDict

from users_service.auth.schemas import Otp, Password


class TwoFactorStatus(BaseModel):
    enabled: bool
    recovery_codes_left: int


class TwoFactorSetup(BaseModel):
    """The secret for an authenticator app, as text, as the address that apps take, and as a picture of that address."""

    secret: str
    otpauth_url: str
    qr_svg: str


class Code(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"otp": "123456"}]})

    otp: Otp


class PasswordAndCode(Code):
    model_config = ConfigDict(json_schema_extra={"examples": [{"password": "a long pass phrase", "otp": "123456"}]})

    password: Password


class RecoveryCodes(BaseModel):
    """Each is good once, in place of a code of the app."""

    recovery_codes: list[str]
