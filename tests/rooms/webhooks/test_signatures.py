"""Signed messages: the specification's own vector, what is refused, and two secrets at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from servicehall.kernel import signed_messages as signed

pytestmark = pytest.mark.one_database

# The example that the implementations of Standard Webhooks share.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
THEN = datetime.fromtimestamp(STAMP, UTC)
HEADERS = {"Webhook-Id": ID, "Webhook-Timestamp": str(STAMP), "Webhook-Signature": SIGNATURE}


def reason(
    secrets: list[str] | None = None,
    body: bytes = BODY,
    at: datetime = THEN,
    without: str = "",
    **changed: str,
) -> str:
    changed |= {without: ""} if without else {}
    given = HEADERS | {f"Webhook-{name.title()}": value for name, value in changed.items()}
    with pytest.raises(signed.SignatureRefused) as refused:
        signed.check(secrets or [SECRET], given, body, at=at)
    return refused.value.reason


def test_the_vector_of_the_specification_is_made_and_accepted() -> None:
    assert signed.headers([SECRET], ID, THEN, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": str(STAMP),
        "webhook-signature": SIGNATURE,
    }
    assert signed.check([SECRET], HEADERS, BODY, at=THEN) == ID


def test_while_a_secret_is_changed_either_is_enough() -> None:
    new = signed.new_secret()
    both = signed.headers([new, SECRET], ID, THEN, BODY)
    for secrets in ([new], [SECRET], [SECRET, new]):
        assert signed.check(secrets, both, BODY, at=THEN) == ID
    with pytest.raises(signed.SignatureRefused):
        signed.check([signed.new_secret()], both, BODY, at=THEN)


def test_a_signature_of_another_kind_beside_ours_does_not_matter() -> None:
    given = HEADERS | {"Webhook-Signature": f"v1a,AAAA v1,AAAA {SIGNATURE}"}
    assert signed.check([SECRET], given, BODY, at=THEN) == ID


def test_whatever_was_changed_is_refused() -> None:
    assert reason(body=BODY + b" ") == "signature"
    assert reason(id="msg_other") == "signature"
    assert reason(timestamp=str(STAMP + 1)) == "signature"
    assert reason(secrets=[signed.new_secret()]) == "signature"
    assert reason(signature=SIGNATURE.replace("v1,", "v2,")) == "signature"
    assert reason(signature="v1," + "ü" * 20) == "signature"
    assert reason(secrets=[SECRET], timestamp="16e9") == "timestamp-malformed"
    assert reason(timestamp="1" * 12) == "timestamp-malformed"
    for missing in ("id", "timestamp", "signature"):
        assert reason(without=missing) == "headers-missing"


def test_five_minutes_early_or_late_is_the_limit() -> None:
    for off in (-300, 300):
        assert signed.check([SECRET], HEADERS, BODY, at=THEN + timedelta(seconds=off)) == ID
    assert reason(at=THEN + timedelta(seconds=301)) == "too-old"
    assert reason(at=THEN - timedelta(seconds=301)) == "too-new"


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_short", "whsec_" + "A" * 100, "whsec_ünfit", "geheim"]
)
def test_no_secret_is_taken_that_is_none(secret: str) -> None:
    with pytest.raises(signed.UnfitSecret):
        signed.key_of(secret)


def test_secrets_differ_and_are_256_bits() -> None:
    made = {signed.new_secret() for _ in range(20)}
    assert len(made) == 20
    assert {len(signed.key_of(one)) for one in made} == {32}
