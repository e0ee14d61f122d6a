"""Access tokens that nobody made here, and the keys that are published."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from jose import jwk, jwt
from jose.backends.native import HMACKey

from shared.auth import HttpVerifier
from shared.errors import Unauthenticated
from shared.http import PeerClient
from shared.jwks import read_claims
from tests.apps import NEEDED, ServiceApp, signing_key
from tests.forgeries import corpus
from tests.users_service.people import Person, assert_problem
from users_service.auth.tokens import TokenIssuer, thumbprint
from users_service.settings import Settings, read_signing_key

PEM = NEEDED["users_service"]["signing_key"]
Claims = dict[str, Any]


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def parts(token: str) -> tuple[Claims, Claims]:
    return jwt.get_unverified_header(token), jwt.get_unverified_claims(token)


def signed(claims: Claims, header: Claims, pem: str = PEM) -> str:
    return str(jwt.encode(claims, pem, "ES256", headers=header))


def public_forms() -> dict[str, bytes]:
    public = read_signing_key(PEM).public_key()
    encoding, form = serialization.Encoding, serialization.PublicFormat
    return {
        "pem": public.public_bytes(encoding.PEM, form.SubjectPublicKeyInfo),
        "der": public.public_bytes(encoding.DER, form.SubjectPublicKeyInfo),
        "ssh": public.public_bytes(encoding.OpenSSH, form.OpenSSH),
        "point": public.public_bytes(encoding.X962, form.UncompressedPoint),
        "jwk": json.dumps(jwk.construct(PEM, "ES256").public_key().to_dict()).encode(),
        "empty": b"",
    }


def hmac_signed(header: Claims, claims: Claims, key: bytes) -> str:
    message = f"{encoded({**header, 'alg': 'HS256'})}.{encoded(claims)}"
    signer = object.__new__(HMACKey)
    signer._algorithm, signer._hash_alg, signer.prepared_key = "HS256", HMACKey.HASHES["HS256"], key
    return f"{message}.{encoded(signer.sign(message.encode()))}"


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def changed(**values: Any) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **values}


WRONG_CLAIMS = {
    **{f"no {name}": without(name) for name in ("exp", "iat", "iss", "aud", "sub", "sid", "jti", "typ")},
    "expired": changed(exp=int(time.time()) - 60),
    "not yet": changed(nbf=int(time.time()) + 3600),
    "from the future": changed(iat=int(time.time()) + 3600),
    "iat is text": changed(iat="soon"),
    "exp is text": changed(exp="never"),
    "other issuer": changed(iss="somebody"),
    "other audience": changed(aud="somewhere"),
    "audience list": changed(aud=["taskwire", "x"]),
    "refresh": changed(typ="refresh"),
    "typ null": changed(typ=None),
    "unknown session": changed(sid=str(uuid4())),
    "session is no id": changed(sid="../../etc/passwd"),
    "session is a number": changed(sid=1),
    "somebody else": changed(sub="1000000"),
    "subject is a number": changed(sub=1),
    "subject is SQL": changed(sub="1 OR 1=1"),
    "subject is huge": changed(sub="9" * 30),
    "jti is a number": changed(jti=1),
}
WRONG_HEADERS: dict[str, Claims] = {
    "unknown kid": {"kid": "other"},
    "kid is a path": {"kid": "../../dev/null"},
    "kid is SQL": {"kid": "' OR 1=1 --"},
    "kid is an address": {"kid": "http://127.0.0.1:9/jwks.json"},
    "kid is null": {"kid": None},
    "kid is a list": {"kid": ["a"]},
    "crit": {"crit": ["exp"]},
}


class TestForgedTokens:
    @pytest.mark.parametrize("how", WRONG_CLAIMS)
    async def test_wrong_claims_are_refused_though_signed(self, person: Person, how: str) -> None:
        header, claims = parts(person.access)
        person.access = signed(WRONG_CLAIMS[how](claims), {"kid": header["kid"]})
        assert_problem(await person.get("/api/auth/verify"), 401, "unauthenticated")

    @pytest.mark.parametrize("how", WRONG_HEADERS)
    async def test_wrong_header_is_refused(self, person: Person, how: str) -> None:
        header, claims = parts(person.access)
        person.access = signed(claims, {"kid": header["kid"], **WRONG_HEADERS[how]})
        assert_problem(await person.get("/api/auth/verify"), 401)

    async def test_no_kid_is_refused(self, person: Person) -> None:
        person.access = signed(parts(person.access)[1], {})
        assert_problem(await person.get("/api/auth/verify"), 401)

    @pytest.mark.parametrize(
        "algorithm", ["none", "None", "NONE", "nOnE", "", "HS256", "ES384", "es256", "RS256", None]
    )
    async def test_other_algorithm_is_refused(self, person: Person, algorithm: str | None) -> None:
        header, claims = parts(person.access)
        message = f"{encoded({**header, 'alg': algorithm})}.{encoded(claims)}"
        for signature in ("", person.access.rpartition(".")[2]):
            person.access = f"{message}.{signature}"
            assert_problem(await person.get("/api/auth/verify"), 401)

    @pytest.mark.parametrize("form", public_forms())
    async def test_public_key_as_secret_is_refused(self, person: Person, form: str) -> None:
        header, claims = parts(person.access)
        person.access = hmac_signed(header, claims, public_forms()[form])
        assert_problem(await person.get("/api/auth/verify"), 401)

    async def test_key_that_comes_with_the_token_is_refused(self, person: Person) -> None:
        header, claims = parts(person.access)
        pem = signing_key()
        own = jwk.construct(pem, "ES256").public_key().to_dict()
        for extra in ({"jwk": own}, {"jku": "http://127.0.0.1:9/"}, {"x5u": "http://127.0.0.1:9/"}, {"x5c": ["AAAA"]}):
            person.access = signed(claims, {"kid": header["kid"], **extra}, pem)
            assert_problem(await person.get("/api/auth/verify"), 401)

    async def test_any_changed_character_is_refused(self, person: Person) -> None:
        good = person.access
        for i in range(0, len(good), 7):
            person.access = good[:i] + ("A" if good[i] != "A" else "B") + good[i + 1 :]
            assert_problem(await person.get("/api/auth/verify"), 401)
        person.access = good
        assert await person.is_signed_in()

    @pytest.mark.parametrize(
        "token", ["a.b.c", "..", ".....", "x" * 100_000, "eyJhbGciOiJFUzI1NiJ9..", f"{encoded([])}.e30.AA"]
    )
    async def test_rubbish_is_refused(self, person: Person, token: str) -> None:
        person.access = token
        assert_problem(await person.get("/api/auth/verify"), 401)

    async def test_deep_nesting_is_refused(self, person: Person) -> None:
        person.access = f"{encoded(b'[' * 1500)}.e30.AA"
        assert_problem(await person.get("/api/auth/verify"), 401)

    async def test_whole_corpus_is_refused_and_calls_nobody(
        self, users_app: ServiceApp, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dialled: list[Any] = []
        monkeypatch.setattr("shared.outgoing.Outgoing.request", lambda *given, **_: dialled.append(given))
        good = person.access
        for how, token in corpus(PEM, good).items():
            if token.isprintable():  # others are no header at all
                person.access = token
                assert (await person.get("/api/auth/verify")).status_code == 401, how
        person.access = good
        assert await person.is_signed_in()
        assert not dialled

    async def test_other_services_ask_nobody_about_a_forgery(self, users_app: ServiceApp, person: Person) -> None:
        calls: list[str] = []

        class Peer(PeerClient):
            async def get(self, path: str, **request: Any) -> Any:
                calls.append(path)
                return await users_app.http.get(path, **request)

        verifier = HttpVerifier(Peer("http://users"))
        principal = await verifier.verify_token(person.access)
        assert principal.id == person.id
        header, claims = parts(person.access)
        asked = len(calls)
        forged = [
            signed(wrong(claims), {"kid": header["kid"]})
            for how, wrong in WRONG_CLAIMS.items()
            if how.startswith("no ")
        ]
        forged += [hmac_signed(header, claims, key) for key in public_forms().values()]
        for token in forged:
            with pytest.raises(Unauthenticated):
                await verifier.verify_token(token)
        assert len(calls) == asked


class TestKeys:
    async def test_published_key_verifies(self, users_app: ServiceApp, person: Person) -> None:
        answer = await users_app.http.get("/.well-known/jwks.json")
        [key] = answer.json()["keys"]
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert key.keys() == {"kty", "crv", "x", "y", "alg", "use", "kid"}
        assert key["kid"] == parts(person.access)[0]["kid"]
        claims = read_claims(person.access, jwk.construct(key, "ES256"))
        assert (claims["sub"], claims["exp"] - claims["iat"]) == (str(person.id), 900)

    def test_thumbprint_is_that_of_the_standard(self) -> None:
        """The example of RFC 7638, section 3.1."""
        modulus = (
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
            "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn"
            "1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        )
        assert thumbprint({"kty": "RSA", "n": modulus, "e": "AQAB"}) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"

    def test_other_key_reads_no_refresh_token(self) -> None:
        one = TokenIssuer(Settings(database_url="postgresql://nowhere/x", signing_key=PEM))
        two = TokenIssuer(Settings(database_url="postgresql://nowhere/x", signing_key=signing_key()))
        token_id = uuid4()
        assert one.read_refresh_token(one.refresh_token(token_id)) == token_id
        with pytest.raises(Unauthenticated):
            two.read_refresh_token(one.refresh_token(token_id))
