"""What the service refuses to start with."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared.bus.memory import MemoryBus
from shared.settings import load
from tests.apps import signing_key
from users_service.main import create_app
from users_service.settings import Settings, require_signing_key

URL = "postgresql://nobody@127.0.0.1:1/nothing"


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes | None = None) -> str:
    secrecy = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secrecy).decode()


EXAMPLE = int.from_bytes(base64.urlsafe_b64decode("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI="))  # RFC 7515, A.3

WRONG_KEYS = {
    "short": "secret",
    "example": "change-me",
    "RSA": pem(rsa.generate_private_key(65537, 2048)),
    "another curve": pem(ec.generate_private_key(ec.SECP384R1())),
    "a locked one": pem(ec.generate_private_key(ec.SECP256R1()), b"password"),
    "a public one": ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode(),
}


class TestSigningKey:
    @pytest.mark.parametrize("kind", WRONG_KEYS)
    def test_wrong_key_is_refused_without_showing_it(self, kind: str) -> None:
        with pytest.raises(SystemExit) as refused:
            load(Settings, database_url=URL, signing_key=WRONG_KEYS[kind])
        assert "SIGNING_KEY: Value error, must be an EC P-256 private key" in str(refused.value)
        assert WRONG_KEYS[kind] not in str(refused.value)

    @pytest.mark.parametrize("number", [1, 2**100, EXAMPLE])
    def test_key_that_others_know_is_refused(self, number: int) -> None:
        key = pem(ec.derive_private_key(number, ec.SECP256R1()))
        with pytest.raises(SystemExit, match=r"SIGNING_KEY: .*everybody knows or can guess"):
            load(Settings, database_url=URL, signing_key=key)

    @pytest.mark.parametrize("value", [None, ""])
    def test_api_does_not_start_without(self, monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
        monkeypatch.delenv("SIGNING_KEY", raising=False)
        if value is not None:
            monkeypatch.setenv("SIGNING_KEY", value)
        with pytest.raises(SystemExit, match="SIGNING_KEY"):
            create_app(load(Settings, database_url=URL), MemoryBus())

    def test_file_and_escaped_lines_will_do(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        key, file = signing_key(), tmp_path / "key.pem"
        file.write_text(key)
        monkeypatch.setenv("SIGNING_KEY_FILE", str(file))
        assert require_signing_key(load(Settings, database_url=URL)) == key.strip()
        monkeypatch.delenv("SIGNING_KEY_FILE")
        monkeypatch.setenv("SIGNING_KEY", key.replace("\n", "\\n"))
        assert require_signing_key(load(Settings, database_url=URL)) == key

    def test_it_is_not_shown(self) -> None:
        key = signing_key()
        settings = Settings(database_url=URL, signing_key=key)
        assert key.splitlines()[1] not in repr(settings) + str(settings.model_dump())


class TestProviders:
    def test_are_read_from_their_own_variables(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("from a file\n")
        for name, value in {
            "OIDC_PROVIDERS": "google, my-corp",
            "OIDC_GOOGLE_ISSUER": "https://accounts.google.com",
            "OIDC_GOOGLE_CLIENT_ID": "one",
            "OIDC_GOOGLE_CLIENT_SECRET": "a secret",
            "OIDC_MY_CORP_ISSUER": "https://login.corp.example/realm/",
            "OIDC_MY_CORP_CLIENT_ID": "two",
            "OIDC_MY_CORP_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
            "OIDC_MY_CORP_SCOPES": "openid,email",
            "OIDC_MY_CORP_NAME": "Corp & Co",
        }.items():
            monkeypatch.setenv(name, value)
        settings = load(Settings, database_url=URL)
        google, corp = settings.oidc_providers
        assert (google.name, google.label, google.scopes) == ("google", "Google", "openid email profile")
        assert (corp.name, corp.label, corp.scopes) == ("my-corp", "Corp & Co", "openid email")
        assert corp.issuer == "https://login.corp.example/realm"
        assert corp.client_secret is not None
        assert corp.client_secret.get_secret_value() == "from a file"
        assert "a secret" not in repr(settings)

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"OIDC_CORP_ISSUER": ""}, "OIDC_CORP_ISSUER"),
            ({"OIDC_CORP_CLIENT_ID": ""}, "OIDC_CORP_CLIENT_ID"),
            ({"OIDC_CORP_ISSUER": "corp.example"}, "OIDC_CORP_ISSUER"),
            ({"OIDC_CORP_ISSUER": "http://corp.example"}, "https://"),
            ({"OIDC_CORP_SCOPES": "email"}, "OIDC_CORP_SCOPES"),
            ({"OIDC_PROVIDERS": "corp,corp"}, "twice"),
            ({"OIDC_PROVIDERS": "Corp!"}, "no name"),
        ],
    )
    def test_wrong_ones_are_named(self, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], said: str) -> None:
        usual = {"OIDC_PROVIDERS": "corp", "OIDC_CORP_ISSUER": "https://corp.example", "OIDC_CORP_CLIENT_ID": "x"}
        for name, value in {**usual, **changed}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit, match=said):
            load(Settings, database_url=URL)


class TestLimits:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("refresh_grace_seconds", 31),
            ("access_token_minutes", 0),
            ("registration", "maybe"),
            ("refresh_token_days", 0),
        ],
    )
    def test_out_of_bounds_is_refused(self, name: str, value: object) -> None:
        with pytest.raises(SystemExit, match=name.upper()):
            load(Settings, database_url=URL, **{name: value})

    def test_broker_is_needed(self) -> None:
        settings = load(Settings, database_url=URL, signing_key=signing_key(), amqp_url=None)
        with pytest.raises(SystemExit, match="AMQP_URL"):
            create_app(settings)
