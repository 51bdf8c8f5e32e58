"""Tables of customers: the record, consent, forms, faces, passkeys, wishes."""

from __future__ import annotations

from .consent import Consent, Purpose, PurposeVersion
from .faces import FaceTemplate
from .forms import Answer, Form, FormVersion
from .passkeys import Passkey, SpentChallenge
from .records import ContactCode, Customer, Joining, KeptApart, of_person
from .wishes import CorrectionRequest, ErasureRequest

__all__ = [
    "Answer",
    "Consent",
    "ContactCode",
    "CorrectionRequest",
    "Customer",
    "ErasureRequest",
    "FaceTemplate",
    "Form",
    "FormVersion",
    "Joining",
    "KeptApart",
    "Passkey",
    "Purpose",
    "PurposeVersion",
    "SpentChallenge",
    "of_person",
]
