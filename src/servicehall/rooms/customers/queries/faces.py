"""Whether faces can be compared for a customer, for those who would do it."""

from __future__ import annotations

from dataclasses import dataclass

from servicehall.rooms.customers import faces
from servicehall.rooms.customers.models import Consent, Customer, FaceTemplate, of_person


@dataclass(frozen=True, slots=True)
class FaceState:
    """What can be done where the installation has a verifier."""

    is_agreed: bool
    may_enrol: bool
    may_compare: bool


def face_state(record: Customer) -> FaceState | None:
    """What can be done with this customer's face (two queries); None (and none) where there is no verifier."""
    if not faces.is_on():
        return None
    given = Consent.objects.filter(
        customer__in=of_person(record.pk), withdrawn_at=None, version__purpose__is_active=True
    ).select_related("version__purpose")
    agreed = any(one.version.purpose.is_for_faces for one in given)
    is_kept = FaceTemplate.objects.filter(customer=record).exists()
    return FaceState(agreed, agreed and record.id_verified_at is not None, agreed and is_kept)
