"""Signatures of Alipay's open platform: RSA2 (SHA-256 with RSA) over sorted parameters, and over an answer's bytes.

Pure. From the provider's documentation ("自行实现签名", "异步返回结果的验签", "同步返回结果的验签").
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from .interface import NoticeRefused


def sorted_text(fields: Mapping[str, str], *, without: tuple[str, ...]) -> bytes:
    """``name=value`` in order of the names, joined by ``&``; empty values do not count."""
    pairs = sorted((name, value) for name, value in fields.items() if value and name not in without)
    return "&".join(f"{name}={value}" for name, value in pairs).encode()


def signature(fields: Mapping[str, str], key: RSAPrivateKey) -> str:
    """The signature of a request."""
    signed = key.sign(sorted_text(fields, without=("sign",)), PKCS1v15(), SHA256())
    return base64.b64encode(signed).decode()


def _verify(key: RSAPublicKey, signed: str, message: bytes) -> None:
    try:
        key.verify(base64.b64decode(signed, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise NoticeRefused("signature") from None


def check_form(fields: Mapping[str, str], key: RSAPublicKey) -> None:
    """See that a notification is Alipay's own. Neither ``sign`` nor ``sign_type`` is signed.

    Raises:
        NoticeRefused: it is not.
    """
    if fields.get("sign_type") != "RSA2":
        raise NoticeRefused("signature")
    _verify(key, fields.get("sign", ""), sorted_text(fields, without=("sign", "sign_type")))


def checked_answer(body: bytes, node: str, key: RSAPublicKey) -> dict[str, Any]:
    """The object under ``node`` of an answer, when Alipay signed exactly these bytes of it.

    Raises:
        NoticeRefused: it is none, or not signed by it.
    """
    try:
        text = body.decode("utf-8")
        raw, signed = _raw(text, node), json.loads(text)["sign"]
        # Read from the very characters that are signed: of a name that comes twice, only one of them is.
        said = json.loads(raw)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise NoticeRefused("malformed") from None
    if not isinstance(said, dict) or not isinstance(signed, str):
        raise NoticeRefused("malformed")
    _verify(key, signed, raw.encode())
    return said


def _raw(text: str, node: str) -> str:
    """The characters of the object under a name of the first level. Raises IndexError or ValueError: none is there."""
    decoder = json.JSONDecoder()
    at = text.index("{") + 1
    while True:
        while text[at] in " \t\r\n,":
            at += 1
        name, at = decoder.raw_decode(text, at)
        while text[at] in " \t\r\n:":
            at += 1
        start = at
        _value, at = decoder.raw_decode(text, at)
        if name == node:
            return text[start:at]
