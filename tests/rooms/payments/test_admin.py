"""The back office's page of payment accounts: of the reader's organisations, with nothing of a key on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from servicehall.processes.payment_simulator import service
from servicehall.rooms.payments.models import Account
from tests.rooms.office import Office, make_office

from .till import Till, make_till, simulated

PATH = "/admin/payments/account/"


@pytest.fixture
def office(keys: Path, settings: Any, db: None) -> Iterator[tuple[Office, Till]]:
    """Two halls, an administrator of the first's organisation, and its till."""
    with simulated(keys, settings) as provider:
        made = make_office()
        yield made, make_till(made.mall, provider)


def test_an_administrator_sees_and_changes_their_own_accounts_and_no_key(
    office: tuple[Office, Till], keys: Path
) -> None:
    made, till = office
    admin = made.as_("chief")
    page = admin.get(PATH).content.decode()
    assert "WeChat Pay" in page
    assert service.MERCHANT["wechat"] in page
    one = admin.get(f"{PATH}{till.accounts['wechat'].pk}/change/").content.decode()
    for folder in ("simulated-wechat", "simulator"):
        for file in (keys / folder).iterdir():
            lines = file.read_text().splitlines()
            assert lines[len(lines) // 2] not in page + one
    stranger = made.as_("admin", made.bank)
    assert service.MERCHANT["wechat"] not in stranger.get(PATH).content.decode()
    assert stranger.get(f"{PATH}{till.accounts['wechat'].pk}/change/").status_code in {302, 404}


def test_a_folder_outside_of_the_keys_cannot_be_named(office: tuple[Office, Till]) -> None:
    made, till = office
    admin, account = made.as_("chief"), till.accounts["alipay"]
    given = {
        "app_id": account.app_id, "merchant": account.merchant, "serial": "", "platform_serial": "",
        "is_active": "on",
    }  # fmt: skip
    for name in ("../secret", "/etc", "a/b", "..", "a b"):
        admin.post(f"{PATH}{account.pk}/change/", {**given, "keys": name})
        assert Account.objects.get(pk=account.pk).keys == "simulated-alipay"
    admin.post(f"{PATH}{account.pk}/change/", {**given, "keys": "other-keys"})
    assert Account.objects.get(pk=account.pk).keys == "other-keys"
