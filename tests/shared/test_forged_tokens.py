"""Forged tokens: what the users service cannot have made is refused, and nothing is asked or fetched because of it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt

from shared.auth import HttpVerifier
from shared.context import uuid7
from shared.errors import Unauthenticated
from shared.http import PeerClient
from shared.jwks import KeySet
from tests.apps import signing_key
from tests.fakes import KID, FakeUsers
from tests.forgeries import corpus

JWKS = "/.well-known/jwks.json"
KNOWN_ELSEWHERE = {
    *("claims: unknown session", "claims: session is a path", "claims: somebody else", "claims: subject is SQL"),
    *("claims: subject is huge", "claims: subject is negative", "claims: sub is ''", "claims: sid is ''"),
    "a personal token that nobody made",
}
"""Whether there is such a session or token, the users service is asked: the form is good, and the key the right one."""


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def part(value: Any) -> str:
    return encoded(json.dumps(value).encode())


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {
        "iss": "taskwire",
        "aud": "taskwire",
        "sub": "1",
        "sid": str(uuid7()),
        "jti": str(uuid7()),
        "typ": "access",
        "iat": now,
        "exp": now + 900,
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not ...}


def hs256(secret: bytes, header: dict[str, Any]) -> str:
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', **header})}.{part(claims())}"
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(signed.encode())
    return f"{signed}.{encoded(mac.finalize())}"


@pytest.fixture
async def keys(fake_users: FakeUsers, peer: PeerClient) -> AsyncIterator[KeySet]:
    """The keys, fetched already."""
    keys = KeySet(peer)
    await keys.check(genuine(fake_users))
    fake_users.calls.clear()
    yield keys
    assert set(fake_users.calls) <= {JWKS}, "a forged token had the users service asked"


def genuine(users: FakeUsers, header: dict[str, Any] | None = None, **changed: Any) -> str:
    """Signed with the published key, so that only its claims can be wrong."""
    return str(jwt.encode(claims(**changed), users.private_pem, "ES256", headers={"kid": KID, **(header or {})}))


async def refused(keys: KeySet, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await keys.check(token)


class TestAlgorithm:
    @pytest.mark.parametrize(
        "name", ["none", "None", "nOnE", "NONE", "", "ES384", "RS256", "es256", None, 0, ["ES256"]]
    )
    async def test_other_than_ours(self, keys: KeySet, fake_users: FakeUsers, name: Any) -> None:
        header = part({"alg": name, "typ": "JWT", "kid": KID})
        signature = genuine(fake_users).rpartition(".")[2]
        for tail in ("", signature):
            await refused(keys, f"{header}.{part(claims())}.{tail}")

    async def test_hs256_keyed_with_what_is_public(self, keys: KeySet, fake_users: FakeUsers) -> None:
        public = serialization.load_pem_public_key(fake_users.public_pem.encode())
        encoding, form = serialization.Encoding, serialization.PublicFormat
        secrets = [
            fake_users.public_pem.encode(),
            fake_users.public_pem.strip().encode(),
            public.public_bytes(encoding.DER, form.SubjectPublicKeyInfo),
            public.public_bytes(encoding.OpenSSH, form.OpenSSH),
            public.public_bytes(encoding.X962, form.UncompressedPoint),
            json.dumps(fake_users.key_set["keys"][0]).encode(),
            b"",
        ]
        for secret in secrets:
            await refused(keys, hs256(secret, {"kid": KID}))

    async def test_our_header_on_another_signature(self, keys: KeySet) -> None:
        forged = jwt.encode(claims(), signing_key(), "ES256", headers={"kid": KID})
        await refused(keys, forged)


class TestClaims:
    @pytest.mark.parametrize("name", ["exp", "iat", "aud", "iss", "sub", "jti", "typ", "sid"])
    async def test_that_are_missing(self, keys: KeySet, fake_users: FakeUsers, name: str) -> None:
        await refused(keys, genuine(fake_users, None, **{name: ...}))

    @pytest.mark.parametrize("name", ["exp", "iat", "aud", "iss", "sub", "jti", "typ", "sid"])
    @pytest.mark.parametrize("value", [None, [], {}, float("inf"), float("nan")])
    async def test_of_a_wrong_type(self, keys: KeySet, fake_users: FakeUsers, name: str, value: Any) -> None:
        await refused(keys, genuine(fake_users, **{name: value}))

    @pytest.mark.parametrize("name", ["exp", "iat", "aud", "iss", "typ"])
    @pytest.mark.parametrize("value", ["", "taskwire-other", "9" * 5000])
    async def test_of_a_wrong_value(self, keys: KeySet, fake_users: FakeUsers, name: str, value: Any) -> None:
        await refused(keys, genuine(fake_users, **{name: value}))

    @pytest.mark.parametrize(
        "changed",
        [
            {"typ": "refresh"},
            {"aud": ["taskwire"]},
            {"aud": ["taskwire", "other"]},
            {"exp": int(time.time()) - 60},
            {"nbf": int(time.time()) + 3600},
            {"iat": int(time.time()) + 3600},
        ],
        ids=["refresh", "audience", "two audiences", "exp", "nbf", "iat"],
    )
    async def test_of_another_kind_or_time(self, keys: KeySet, fake_users: FakeUsers, changed: dict[str, Any]) -> None:
        await refused(keys, genuine(fake_users, **changed))


class TestHeader:
    @pytest.mark.parametrize(
        "kid",
        ["../../dev/null", "/dev/null", "' OR 1=1 --", "http://127.0.0.1:9/key", "", None, 1, ["test-key"], {}, "\x00"],
    )
    async def test_key_id(self, keys: KeySet, fake_users: FakeUsers, kid: Any) -> None:
        await refused(keys, genuine(fake_users, {"kid": kid}))

    async def test_no_key_id(self, keys: KeySet, fake_users: FakeUsers) -> None:
        _, payload, signature = genuine(fake_users).split(".")
        await refused(keys, f"{part({'alg': 'ES256'})}.{payload}.{signature}")

    async def test_a_key_that_the_token_brings_along_is_not_used(self, keys: KeySet, fake_users: FakeUsers) -> None:
        own = signing_key()
        private = serialization.load_pem_private_key(own.encode(), None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        form, encoding = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.Encoding.PEM
        brought = jwk.construct(private.public_key().public_bytes(encoding, form).decode(), "ES256").to_dict()
        for header in (
            {"jwk": brought},
            {"jku": f"{fake_users.url}/evil.json"},
            {"x5u": f"{fake_users.url}/evil.pem"},
            {"x5c": ["AAAA"]},
        ):
            for kid in (KID, "another"):
                await refused(keys, jwt.encode(claims(), own, "ES256", headers={**header, "kid": kid}))
        assert set(fake_users.calls) <= {JWKS}

    async def test_critical_extensions(self, keys: KeySet, fake_users: FakeUsers) -> None:
        await refused(keys, genuine(fake_users, {"crit": ["b64"], "b64": False}))


class TestShape:
    async def test_of_no_token_at_all(self, keys: KeySet) -> None:
        deep = encoded(b"[" * 3000)
        for garbage in (
            *("", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d.e", "\x00", "é.é.é", "\ud800.a.b", " . . "),
            *(f"{part([])}.{part({})}.", f"{part('ES256')}.x.y", f"{deep}.{deep}.x", f"{part(None)}.."),
            *(f"{encoded(bytes([255, 254]))}.e30.x", f"{part({'alg': 'ES256', 'kid': KID})}.{part([1])}.AAAA"),
        ):
            await refused(keys, garbage)

    async def test_five_parts(self, keys: KeySet, fake_users: FakeUsers) -> None:
        await refused(keys, genuine(fake_users) + ".a.b")

    async def test_a_hundred_kilobytes(self, keys: KeySet, fake_users: FakeUsers) -> None:
        started = time.monotonic()
        await refused(keys, genuine(fake_users, padding="x" * 100_000))
        await refused(keys, "." * 100_000)
        assert time.monotonic() - started < 0.5

    async def test_each_bit_of_the_signature_counts(self, keys: KeySet, fake_users: FakeUsers) -> None:
        head, _, signature = genuine(fake_users).rpartition(".")
        raw = base64.urlsafe_b64decode(signature + "==")
        for position in range(0, len(raw) * 8, 17):
            flipped = bytearray(raw)
            flipped[position // 8] ^= 1 << position % 8
            await refused(keys, f"{head}.{encoded(bytes(flipped))}")

    @pytest.mark.parametrize("addition", ["é", "\n", " ", "!", "=", "==", "\x00", "\ud800"])
    async def test_characters_that_base64_overlooks(self, keys: KeySet, fake_users: FakeUsers, addition: str) -> None:
        token = genuine(fake_users)
        await refused(keys, token + addition)
        await refused(keys, token[:-9] + addition + token[-9:])

    async def test_a_good_one_passes(self, keys: KeySet, fake_users: FakeUsers) -> None:
        await keys.check(genuine(fake_users))


class TestCorpus:
    async def test_each_is_refused_and_nothing_is_asked(self, fake_users: FakeUsers, peer: PeerClient) -> None:
        person, verifier = fake_users.register(), HttpVerifier(peer)
        assert (await verifier.verify_token(person.token)).id == person.id
        fake_users.calls.clear()
        for how, token in corpus(fake_users.private_pem, person.token, fake_users.url).items():
            if how not in KNOWN_ELSEWHERE:
                assert await is_refused(verifier, token), how
        assert not set(fake_users.calls) - {JWKS}


async def is_refused(verifier: HttpVerifier, token: str) -> bool:
    try:
        await verifier.verify_token(token)
    except Unauthenticated:
        return True
    return False


async def test_a_token_with_odd_characters_is_refused_by_the_verifier(fake_users: FakeUsers, peer: PeerClient) -> None:
    with pytest.raises(Unauthenticated):
        await HttpVerifier(peer).verify_token(fake_users.register().token + "é")
