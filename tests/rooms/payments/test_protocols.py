"""The protocols themselves: the vector of WeChat Pay's own library, forged answers, keys that cannot be used."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from servicehall.kernel.key_files import UnusableKey
from servicehall.processes.payment_simulator import service
from servicehall.rooms.payments.accounts import way_of
from servicehall.rooms.payments.providers import alipay_signing, keys, wechat_signing
from servicehall.rooms.payments.providers.alipay import Alipay
from servicehall.rooms.payments.providers.interface import NotDone, NoticeRefused, Unclear
from servicehall.rooms.payments.providers.wechat import WechatPay

from .till import Till

VECTOR = (
    Path(__file__).resolve().parents[4] / "shared" / "vectors" / "wechatpay" / "wechatpay_notify_vector.json"
)
needs_vector = pytest.mark.skipif(not VECTOR.exists(), reason="the vector is not here")


@pytest.fixture
def vector() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VECTOR.read_text("utf-8"))
    return found


def _platform(vector: dict[str, Any]) -> dict[str, RSAPublicKey]:
    certificate = x509.load_pem_x509_certificate(vector["cert_pem"].encode())
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    return {f"{certificate.serial_number:X}": key}


@needs_vector
@pytest.mark.one_database
def test_the_notification_of_their_own_library_is_checked_and_opened(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    moment = datetime.fromtimestamp(int(headers["wechatpay-timestamp"]), UTC)
    body = vector["body"].encode()
    wechat_signing.check(headers, body, keys=_platform(vector), at=moment + timedelta(seconds=299))
    sealed = json.loads(body)["resource"]
    plain = wechat_signing.opened(
        vector["apiv3_key"].encode(), sealed["nonce"], sealed["associated_data"], sealed["ciphertext"]
    )
    assert plain.decode() == vector["plaintext"]


@needs_vector
@pytest.mark.one_database
def test_their_notification_is_refused_when_anything_of_it_is_changed(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    moment = datetime.fromtimestamp(int(headers["wechatpay-timestamp"]), UTC)
    body, platform = vector["body"].encode(), _platform(vector)
    for name, value in headers.items():
        if name != "content-type":
            with pytest.raises(NoticeRefused, match="signature"):
                wechat_signing.check({**headers, name: f"1{value}"}, body, keys=platform, at=moment)
    with pytest.raises(NoticeRefused, match="signature"):
        wechat_signing.check(headers, body + b" ", keys=platform, at=moment)
    with pytest.raises(NoticeRefused, match="signature"):
        wechat_signing.check({}, body, keys=platform, at=moment)
    for late in (timedelta(seconds=301), timedelta(seconds=-301)):
        with pytest.raises(NoticeRefused, match="too-old"):
            wechat_signing.check(headers, body, keys=platform, at=moment + late)
    sealed = json.loads(body)["resource"]
    broken = base64.b64encode(base64.b64decode(sealed["ciphertext"])[:-1] + b"x").decode()
    for key, nonce, text in (
        (b"k" * 32, sealed["nonce"], sealed["ciphertext"]),
        (vector["apiv3_key"].encode(), sealed["nonce"], broken),
        (vector["apiv3_key"].encode(), "anothernonce", sealed["ciphertext"]),
    ):
        with pytest.raises(NoticeRefused, match="sealed"):
            wechat_signing.opened(key, nonce, sealed["associated_data"], text)


@pytest.mark.one_database
def test_of_an_answer_only_the_signed_characters_are_read() -> None:
    key = generate_private_key(65537, 2048)
    said = '{"code":"10000","msg":"Success","trade":"\\u4e00\\/"}'
    signed = base64.b64encode(key.sign(said.encode(), PKCS1v15(), SHA256())).decode()
    whole = f'{{"x_response": {said} , "sign": "{signed}"}}'
    read = alipay_signing.checked_answer
    assert read(whole.encode(), "x_response", key.public_key())["trade"] == "一/"
    # The same name once more, unsigned: what is believed is what was checked.
    twice = whole[:-1] + ',"x_response":{"code":"10000","trade":"forged"}}'
    assert read(twice.encode(), "x_response", key.public_key())["trade"] == "一/"
    before = '{"x_response":{"code":"10000","trade":"forged"},' + whole[1:]
    nested = '{"a":{"x_response":' + said + '},"x_response":{"code":"1"},"sign":"' + signed + '"}'
    for text in (before, nested, whole.replace("10000", "10001"), "[]", "{}", '{"x_response":', "\xff"):
        with pytest.raises(NoticeRefused):
            read(text.encode("latin-1"), "x_response", key.public_key())


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
def test_an_answer_that_somebody_else_signed_is_not_believed(till: Till, provider: str) -> None:
    intent = till.offered(provider)
    held = till.provider.keys[provider]
    till.provider.keys[provider] = service.Keys(held.stranger, held.stranger, held.merchant)
    way = way_of(till.accounts[provider])
    for number in (intent.number, "a" * 32):
        with pytest.raises(Unclear):
            way.query(number)
        with pytest.raises(Unclear):
            way.close(number)


def test_a_request_that_we_signed_wrongly_is_refused_by_both(till: Till) -> None:
    stranger = generate_private_key(65537, 2048)
    for provider in ("wechat", "alipay"):
        found = way_of(till.accounts[provider])
        assert isinstance(found, WechatPay | Alipay)
        found.keys = keys.Keys(stranger, found.keys.platform, found.keys.sealed)
        with pytest.raises((NotDone, Unclear)):
            found.close("a" * 32)
        with pytest.raises(Unclear):
            found.query("a" * 32)
    assert till.provider.orders == {}


def test_a_key_is_examined_once_and_a_new_one_is_used_at_once(tmp_path: Path, settings: Any) -> None:
    settings.PAYMENT_KEYS = tmp_path
    service.make_keys(tmp_path)
    place = tmp_path / "simulated-alipay" / "merchant.pem"

    def merchant() -> RSAPrivateKey:
        return keys.read(place.parent.name, platform_id="PUB_KEY_ID_1", seals=False).merchant

    first = merchant()
    assert merchant() is first
    place.unlink()
    service.make_keys(tmp_path)
    assert merchant().private_numbers() != first.private_numbers()


def test_keys_that_cannot_be_used_are_said_in_words(tmp_path: Path, settings: Any) -> None:
    settings.PAYMENT_KEYS = tmp_path
    service.make_keys(tmp_path)
    folder = tmp_path / "simulated-wechat"

    def read(name: str = "simulated-wechat") -> keys.Keys:
        return keys.read(name, platform_id="PUB_KEY_ID_1", seals=True)

    assert set(read().platform) == {"PUB_KEY_ID_1"}
    for name in ("", "nowhere"):
        with pytest.raises(UnusableKey):
            read(name)
    (folder / "merchant.pem").chmod(0o644)
    with pytest.raises(UnusableKey, match="Others may read"):
        read()
    (folder / "merchant.pem").chmod(0o600)
    for name, text in (("apiv3.txt", "short"), ("platform.pem", "none"), ("merchant.pem", "none")):
        before = (folder / name).read_text()
        (folder / name).write_text(text)
        with pytest.raises(UnusableKey):
            read()
        (folder / name).write_text(before)
    small = generate_private_key(65537, 1024)
    (folder / "merchant.pem").write_bytes(
        small.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    with pytest.raises(UnusableKey, match="at least 2048"):
        read()
