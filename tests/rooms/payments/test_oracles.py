"""Ours and the simulator's signatures against other people's clients of both providers, which never saw ours."""

from __future__ import annotations

import importlib
import random
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from servicehall.processes.payment_simulator import wechat as simulated
from servicehall.rooms.payments.providers import alipay_signing, wechat_signing
from servicehall.rooms.payments.providers.interface import NoticeRefused

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def _private(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module")
def wechatpay() -> Any:
    return importlib.import_module("wechatpayv3.utils")


@pytest.fixture(scope="module")
def alipay(key: RSAPrivateKey) -> Any:
    made = importlib.import_module("alipay").AliPay
    return made(
        appid="2021000000000001", app_private_key_string=_private(key), alipay_public_key_string=_public(key)
    )


def test_requests_to_wechat_pay_are_signed_as_another_client_signs_them(
    key: RSAPrivateKey, wechatpay: Any
) -> None:
    for method, target, body in (
        ("GET", "/v3/pay/transactions/out-trade-no/1?mchid=1900000001", ""),
        ("POST", "/v3/pay/transactions/native", '{"description":"停车"}'),
    ):
        theirs = wechatpay.build_authorization(
            target, method, "1900000001", "5A", key, data=body, nonce_str="N1"
        )
        stamp = int(re.findall(r'timestamp="(\d+)"', theirs)[0])
        ours = wechat_signing.authorization(
            method=method, target=target, body=body, merchant="1900000001", serial="5A", key=key, nonce="N1",
            at=datetime.fromtimestamp(stamp, UTC),
        )  # fmt: skip
        assert ours == theirs


def test_what_wechat_pay_signs_and_seals_is_read_alike(key: RSAPrivateKey, wechatpay: Any) -> None:
    body = '{"a":"停车"}'.encode()
    sent = {name.lower(): value for name, value in simulated.stamped(key, body).items()}
    public, other = key.public_key(), sent | {"wechatpay-nonce": "x"}
    for headers, is_theirs in ((sent, True), (other, False)):
        found = wechatpay.rsa_verify(
            headers["wechatpay-timestamp"], headers["wechatpay-nonce"], body.decode(),
            headers["wechatpay-signature"], public,
        )  # fmt: skip
        assert found is is_theirs
        given: dict[str, Any] = {"keys": {headers["wechatpay-serial"]: public}, "at": datetime.now(UTC)}
        if is_theirs:
            wechat_signing.check(headers, body, **given)
        else:
            with pytest.raises(NoticeRefused):
                wechat_signing.check(headers, body, **given)
    secret = "k" * 32
    for associated in ("transaction", ""):
        sealed = b64encode(AESGCM(secret.encode()).encrypt(b"n" * 12, body, associated.encode())).decode()
        theirs = wechatpay.aes_decrypt("n" * 12, sealed, associated, secret)
        assert wechat_signing.opened(secret.encode(), "n" * 12, associated, sealed).decode() == theirs


def test_requests_to_alipay_are_signed_as_another_client_signs_them(key: RSAPrivateKey, alipay: Any) -> None:
    chance = random.Random(3)
    for _ in range(20):
        fields = {
            chance.choice("abcxyz_") * chance.randint(1, 4): "".join(chance.choices('a1 &=+%停车/"{}', k=9))
            for _ in range(6)
        } | {"sign_type": "RSA2", "app_id": "2021000000000001"}
        raw = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        assert alipay_signing.signature(fields, key) == alipay._sign(raw).replace("\n", "")
        signed = alipay.sign_data(dict(fields))
        assert signed.endswith(_quoted(alipay_signing.signature(fields, key)))


def _quoted(text: str) -> str:
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def test_notifications_of_alipay_are_believed_alike(key: RSAPrivateKey, alipay: Any) -> None:
    fields = {"app_id": "1", "notify_id": "n", "subject": "停车 & 洗车", "total_amount": "12.00", "empty": ""}
    message = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
    good = {**fields, "sign_type": "RSA2", "sign": alipay._sign(message).replace("\n", "")}
    alipay_signing.check_form(good, key.public_key())
    theirs = {name: value for name, value in good.items() if name != "sign" and value}
    assert alipay.verify(dict(theirs), good["sign"])
    wrong = {**good, "total_amount": "0.01"}
    assert not alipay.verify({**theirs, "total_amount": "0.01"}, good["sign"])
    with pytest.raises(NoticeRefused):
        alipay_signing.check_form(wrong, key.public_key())
