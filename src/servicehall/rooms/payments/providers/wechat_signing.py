"""Signatures and sealed parts of WeChat Pay's interface, version 3: WECHATPAY2-SHA256-RSA2048, AEAD_AES_256_GCM.

Pure: keys, moments and bytes go in. From the provider's developer documentation ("签名生成", "签名验证",
"证书和回调报文解密").
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from .interface import NoticeRefused

SCHEME = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE = timedelta(minutes=5)


def _lines(*parts: str) -> bytes:
    return "".join(f"{part}\n" for part in parts).encode()


def authorization(
    *,
    method: str,
    target: str,
    body: str,
    merchant: str,
    serial: str,
    key: RSAPrivateKey,
    nonce: str,
    at: datetime,
) -> str:
    """The Authorization header of a request; ``target`` is its path with the query."""
    stamp = str(int(at.timestamp()))
    signed = key.sign(_lines(method, target, stamp, nonce, body), PKCS1v15(), SHA256())
    fields = {
        "mchid": merchant,
        "nonce_str": nonce,
        "signature": base64.b64encode(signed).decode(),
        "timestamp": stamp,
        "serial_no": serial,
    }
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in fields.items())


def check(headers: Mapping[str, str], body: bytes, *, keys: Mapping[str, RSAPublicKey], at: datetime) -> None:
    """See that an answer or a notification is the platform's own and new; header names in small letters.

    Raises:
        NoticeRefused: ``signature``, or ``too-old`` when it is more than five minutes off.
    """
    stamp, serial = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-serial", "")
    key = keys.get(serial)
    if key is None or not (stamp.isdecimal() and stamp.isascii() and len(stamp) <= 12):
        raise NoticeRefused("signature")
    message = f"{stamp}\n{headers.get('wechatpay-nonce', '')}\n".encode() + body + b"\n"
    try:
        signature = base64.b64decode(headers.get("wechatpay-signature", ""), validate=True)
        key.verify(signature, message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise NoticeRefused("signature") from None
    # After the signature: whoever has no key learns nothing from the order of checks, and no alert is misnamed.
    if abs(at - datetime.fromtimestamp(int(stamp), UTC)) > TOLERANCE:
        raise NoticeRefused("too-old")


def opened(key: bytes, nonce: str, associated: str, ciphertext: str) -> bytes:
    """What the sealed part of a notification holds.

    Raises:
        NoticeRefused: it was not sealed with this key, or was changed.
    """
    try:
        return AESGCM(key).decrypt(
            nonce.encode(), base64.b64decode(ciphertext, validate=True), associated.encode()
        )
    except (InvalidTag, binascii.Error, ValueError):
        raise NoticeRefused("sealed") from None
