"""Words of the queue's setup that stand in no table: what the offered icons show."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Names of lucide-static, the set that all screens draw from.
ICONS: dict[str, Promise] = {
    "ticket": _("Ticket"),
    "circle-help": _("Question"),
    "info": _("Information"),
    "message-circle": _("Talk"),
    "message-square-warning": _("Complaint"),
    "credit-card": _("Bank card"),
    "landmark": _("Bank"),
    "banknote": _("Cash"),
    "wallet": _("Wallet"),
    "piggy-bank": _("Savings"),
    "hand-coins": _("Loan"),
    "house": _("Mortgage"),
    "gem": _("Wealth"),
    "trending-up": _("Investment"),
    "receipt": _("Invoice"),
    "gift": _("Gift"),
    "star": _("Membership"),
    "badge-percent": _("Discount"),
    "package": _("Parcel"),
    "package-open": _("Return of goods"),
    "wrench": _("Repair"),
    "search": _("Lost and found"),
    "car": _("Parking"),
    "baby": _("Children"),
    "accessibility": _("Accessibility"),
    "id-card": _("Identity card"),
    "file-text": _("Document"),
    "file-pen-line": _("Form to fill in"),
    "pen-line": _("Signature"),
    "stethoscope": _("Doctor"),
    "pill": _("Pharmacy"),
    "phone": _("Telephone"),
    "key-round": _("Keys"),
    "building-2": _("Company"),
    "users": _("Group"),
}
