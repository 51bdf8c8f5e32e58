"""The way of paying behind an account, with its keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused
from servicehall.kernel.key_files import UnusableKey

from .models import Account, Provider
from .providers import keys
from .providers.alipay import Alipay
from .providers.cash import Cash
from .providers.interface import Way
from .providers.wechat import WechatPay


class NotSetUp(Refused):
    """The keys of an account cannot be used; what is wrong stands in the log and in the doctor's findings."""

    kind = "payment-not-set-up"
    status = 503
    title = _("This way of paying is not set up")
    advice = _("Choose another way of paying, and tell your administrator.")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


def way_of(account: Account) -> Way:
    """The way of paying of an account.

    Raises:
        NotSetUp: its keys cannot be used.
    """
    if account.provider == Provider.CASH:
        return Cash()
    is_wechat = account.provider == Provider.WECHAT
    try:
        found = keys.read(account.keys, platform_id=account.platform_serial, seals=is_wechat)
    except UnusableKey as problem:
        raise NotSetUp(str(problem)) from problem
    if is_wechat:
        return WechatPay(app_id=account.app_id, merchant=account.merchant, serial=account.serial, keys=found)
    return Alipay(app_id=account.app_id, merchant=account.merchant, keys=found)
