"""Tables of the evidence: leaves, tiles of hashes, signed checkpoints and what witnesses said to them."""

from __future__ import annotations

from django.db import models


class TreeHead(models.Model):
    """How large the tree is, and its root. One row; its lock is taken after a site's line, never before."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.size)


class Leaf(models.Model):
    """An event's entry in the tree, and what binds the two. ``entry`` never changes; ``salt`` may be forgotten."""

    index = models.BigIntegerField(primary_key=True)
    site_id = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    salt = models.BinaryField(max_length=32, null=True)
    entry = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site_id", "seq"], name="leaf_site_seq")]
        indexes = [
            models.Index(fields=["at", "index"], name="leaf_at"),
            models.Index(
                fields=["actor_id", "at"], name="leaf_actor", condition=models.Q(actor_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.index)


class Tile(models.Model):
    """Up to 256 hashes of a level of the tree."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="tile_level_number")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root. Kept for good."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    note = models.TextField()
    verifier_key = models.CharField(max_length=300)

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(models.Model):
    """A witness's signature under a checkpoint."""

    checkpoint = models.ForeignKey(Checkpoint, models.CASCADE, related_name="cosignatures")
    witness = models.CharField(max_length=300)
    line = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="cosignature_once_a_witness")
        ]
        indexes = [models.Index(fields=["witness", "checkpoint"], name="cosignature_witness")]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} {self.witness}"


class WitnessAnswer(models.Model):
    """What a witness said last: the status of its answer (0: none came), and since when."""

    witness = models.CharField(max_length=300, unique=True)
    status = models.PositiveSmallIntegerField()
    size = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.witness} {self.status}"
