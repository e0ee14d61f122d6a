"""Access tokens that the users service never made, or that are not good any more: one corpus for whoever verifies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from jose import jwk, jwt

from shared.access_tokens import new_token
from tests.apps import signing_key

Json = dict[str, Any]

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256's group
REQUIRED = ("exp", "iat", "iss", "aud", "sub", "sid", "jti", "typ")


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def read(token: str) -> tuple[Json, Json]:
    return jwt.get_unverified_header(token), jwt.get_unverified_claims(token)


def public_forms(pem: str) -> dict[str, bytes]:
    """The public key of a private one, in every form in which somebody may take it for a shared secret."""
    private = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    public, encoding, form = private.public_key(), serialization.Encoding, serialization.PublicFormat
    text = public.public_bytes(encoding.PEM, form.SubjectPublicKeyInfo)
    der = public.public_bytes(encoding.DER, form.SubjectPublicKeyInfo)
    key = {k: v for k, v in jwk.construct(pem, "ES256").public_key().to_dict().items() if k in ("kty", "crv", "x", "y")}
    full = {**key, "alg": "ES256", "use": "sig", "kid": "x"}
    return {
        "PEM": text,
        "PEM without its last line end": text.strip(),
        "PEM with CRLF": text.replace(b"\n", b"\r\n"),
        "PEM in one line": text.replace(b"\n", b""),
        "DER": der,
        "DER in base64": base64.b64encode(der),
        "DER in hexadecimal": der.hex().encode(),
        "ssh": public.public_bytes(encoding.OpenSSH, form.OpenSSH),
        "point": public.public_bytes(encoding.X962, form.UncompressedPoint),
        "compressed point": public.public_bytes(encoding.X962, form.CompressedPoint),
        "JWK": json.dumps(key).encode(),
        "JWK without spaces": json.dumps(key, separators=(",", ":"), sort_keys=True).encode(),
        "whole JWK": json.dumps(full, separators=(",", ":")).encode(),
        "JWKS": json.dumps({"keys": [full]}, separators=(",", ":")).encode(),
        "x": key["x"].encode(),
        "x in bytes": decoded(key["x"]),
        "nothing": b"",
        "zero": b"\x00",
    }


def signed(claims: Json, header: Json, pem: str) -> str:
    return str(jwt.encode(claims, pem, "ES256", headers=header))


def keyed(claims: Json, header: Json, secret: bytes, algorithm: str = "HS256") -> str:
    message = f"{encoded({**header, 'alg': algorithm})}.{encoded(claims)}"
    return f"{message}.{encoded(hmac.digest(secret, message.encode(), 'sha' + algorithm[2:]))}"


def corpus(pem: str, good: str, listener: str = "http://127.0.0.1:9") -> dict[str, str]:
    """Tokens by what is wrong with them. `pem` is the very key that signs good ones, `good` is a good one, and
    `listener` an address that nobody must call."""
    header, claims = read(good)
    kid = {"kid": header["kid"]}
    return {
        **_algorithms(header, claims, good),
        **{f"HS256 with the public key: {name}": keyed(claims, header, s) for name, s in public_forms(pem).items()},
        **{f"{a} with the public key": keyed(claims, header, public_forms(pem)["PEM"], a) for a in ("HS384", "HS512")},
        **{f"claims: {how}": signed(wrong, kid, pem) for how, wrong in _claims(claims).items()},
        **_headers(header, claims, pem, listener),
        **_signatures(header, claims, good),
        **_shapes(header, claims, good),
    }


def _algorithms(header: Json, claims: Json, good: str) -> dict[str, str]:
    names = (
        "none",
        "None",
        "NONE",
        "nOnE",
        "none ",
        "",
        "es256",
        "ES256K",
        "ES384",
        "ES512",
        "RS256",
        "PS256",
        "EdDSA",
    )
    signature, found = good.rpartition(".")[2], {}
    for name in (*names, None, 0, ["ES256"], {"alg": "ES256"}):
        message = f"{encoded({**header, 'alg': name})}.{encoded(claims)}"
        found |= {f"alg {name!r}": f"{message}.", f"alg {name!r}, our signature": f"{message}.{signature}"}
    bare = {name: value for name, value in header.items() if name != "alg"}
    found["no alg"] = f"{encoded(bare)}.{encoded(claims)}.{signature}"
    twice = encoded(b'{"alg":"none","alg":"ES256","kid":"' + header["kid"].encode() + b'"}')
    found["alg twice"] = f"{twice}.{encoded(claims)}."
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    text = other.private_bytes(serialization.Encoding.PEM, form, plain).decode()
    found["RS256 by somebody"] = str(jwt.encode(claims, text, "RS256", headers={"kid": header["kid"]}))
    return found


def _claims(claims: Json) -> dict[str, Json]:
    now = int(time.time())
    wrong: dict[str, Json] = {
        "expired": {"exp": now - 60},
        "expired long ago": {"exp": 0},
        "not yet": {"nbf": now + 3600},
        "from the future": {"iat": now + 3600},
        "other issuer": {"iss": "somebody"},
        "other audience": {"aud": "taskwire-other"},
        "audiences": {"aud": ["taskwire"]},
        "refresh": {"typ": "refresh"},
        "unknown session": {"sid": str(uuid4())},
        "session is a path": {"sid": "../../etc/passwd"},
        "somebody else": {"sub": "1000000000"},
        "subject is SQL": {"sub": "1 OR 1=1"},
        "subject is huge": {"sub": "9" * 30},
        "subject is negative": {"sub": "-1"},
        "exp is huge": {"exp": 10**400},
    }
    found = {how: {**claims, **change} for how, change in wrong.items()}
    for name in REQUIRED:
        found[f"no {name}"] = {key: value for key, value in claims.items() if key != name}
        for value in (None, [], {}, True, float("inf"), ""):
            found[f"{name} is {value!r}"] = {**claims, name: value}
    del found["jti is ''"]  # is a name like any other
    return found


def _headers(header: Json, claims: Json, pem: str, listener: str) -> dict[str, str]:
    own = signing_key()
    brought = jwk.construct(own, "ES256").public_key().to_dict()
    kids = ("../../dev/null", "/dev/null", "' OR 1=1 --", f"{listener}/kid", "", "\x00", None, 1, ["x"], {})
    found = {f"kid {kid!r}": signed(claims, {"kid": kid}, pem) for kid in kids}
    extras: dict[str, Json] = {
        "jwk": {"jwk": brought},
        "jku": {"jku": f"{listener}/jwks.json"},
        "x5u": {"x5u": f"{listener}/x5u.pem"},
        "x5c": {"x5c": ["AAAA"]},
        "x5t": {"x5t": "AAAA"},
        "all": {"jwk": brought, "jku": f"{listener}/jwks.json", "x5u": f"{listener}/x5u.pem"},
    }
    for name, extra in extras.items():
        found[f"{name} with its key, our kid"] = signed(claims, {"kid": header["kid"], **extra}, own)
        found[f"{name} with its key, its kid"] = signed(claims, {"kid": "its", **extra}, own)
    for crit in (["exp"], ["b64"], [], "exp"):
        found[f"crit {crit!r}"] = signed(claims, {"kid": header["kid"], "crit": crit, "b64": False}, pem)
    found["other key"] = signed(claims, {"kid": header["kid"]}, own)
    return found


def _signatures(header: Json, claims: Json, good: str) -> dict[str, str]:
    head, _, signature = good.rpartition(".")
    raw = decoded(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    zero, order = bytes(32), ORDER.to_bytes(32, "big")
    wrong = {
        "none": b"",
        "zeros": zero + zero,
        "orders": order + order,
        "r zero": zero + raw[32:],
        "s zero": raw[:32] + zero,
        "DER": encode_dss_signature(r, s),
        "short": raw[:-1],
        "long": raw + b"\x00",
        "halves swapped": raw[32:] + raw[:32],
        "a hash": hashlib.sha256(head.encode()).digest() * 2,
    }
    found = {f"signature: {name}": f"{head}.{encoded(value)}" for name, value in wrong.items()}
    for bit in range(0, 512, 23):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        found[f"signature: bit {bit}"] = f"{head}.{encoded(bytes(flipped))}"
    found["claims changed"] = f"{encoded(header)}.{encoded({**claims, 'sub': '1'})}.{signature}"
    found["claims with spaces"] = f"{encoded(header)}.{encoded(json.dumps(claims, indent=1).encode())}.{signature}"
    return found


def _shapes(header: Json, claims: Json, good: str) -> dict[str, str]:
    parts, deep = good.split("."), encoded(b"[" * 1500)
    jwe = {"alg": "dir", "enc": "A256GCM", "kid": header["kid"]}
    return {
        "five parts": f"{good}.a.b",
        "JWE": f"{encoded(jwe)}..{encoded(bytes(12))}.{encoded(claims)}.{encoded(bytes(16))}",
        "JWE of a key": f"{encoded({**jwe, 'alg': 'RSA-OAEP'})}.AAAA.AAAA.AAAA.AAAA",
        "two parts": ".".join(parts[:2]),
        "one part": parts[0],
        "dots": "..",
        "no claims": f"{parts[0]}..{parts[2]}",
        "header is a list": f"{encoded([])}.{parts[1]}.{parts[2]}",
        "claims are a list": f"{parts[0]}.{encoded([1])}.{parts[2]}",
        "deep": f"{deep}.{deep}.x",
        "not UTF-8": f"{encoded(bytes([255, 254]))}.e30.x",
        "JSON serialization": encoded({"payload": parts[1], "protected": parts[0], "signature": parts[2]}),
        "padded": good + "=",
        "a hundred kilobytes": f"{parts[0]}.{'A' * 100_000}.{parts[2]}",
        "a hundred thousand dots": "." * 100_000,
        "a refresh token": f"{uuid4().hex}.{'A' * 43}",
        "a personal token that nobody made": new_token(),
        "a personal token with a wrong checksum": new_token()[:-6] + "000000",
        "nonsense": "nonsense",
    }
