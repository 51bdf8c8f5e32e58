"""Tables of capacity: what appointments take up, in cells of five minutes that nobody can take twice."""

from __future__ import annotations

from django.db import models


class Assignment(models.Model):
    """Which resource, and which of its places, an appointment has."""

    appointment = models.ForeignKey("booking.Appointment", models.CASCADE, related_name="assignments")
    resource = models.ForeignKey("booking.Resource", models.PROTECT, related_name="+", db_index=False)
    place = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appointment", "resource", "place"], name="assignment_once")
        ]
        indexes = [models.Index(fields=["resource", "starts_at"], name="assignment_of_resource")]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.resource_id}"


class CapacityDay(models.Model):
    """A place of a resource on a day: which of its cells of five minutes are taken, as a number in hexadecimal.

    The rows that lock; what they say is what the claims say.
    """

    resource = models.ForeignKey("booking.Resource", models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveSmallIntegerField()
    day = models.DateField()
    taken = models.CharField(max_length=80, default="0")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "place", "day"], name="capacity_day")]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.place} {self.day}"


class Claim(models.Model):
    """One cell of a place, taken by one appointment: that nothing is booked twice is this table's constraint."""

    capacity = models.ForeignKey(CapacityDay, models.CASCADE, related_name="claims", db_index=False)
    cell = models.PositiveSmallIntegerField()
    appointment = models.ForeignKey("booking.Appointment", models.CASCADE, related_name="claims")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["capacity", "cell"], name="claim_once")]

    def __str__(self) -> str:
        return f"{self.capacity_id} {self.cell}"
