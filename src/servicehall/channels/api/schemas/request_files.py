"""Files that come with answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from .base import Id, Printable, Reference, Sent, Shown


class File(Shown):
    """A file that is kept for a question."""

    id: Id
    type: str = Field(examples=["image/jpeg"], description="its media type, as it was found to be")
    size: int = Field(description="in bytes, as it is kept")


class FileRead(File):
    """A file with what is in it."""

    content: str = Field(description="in base64 (RFC 4648)", json_schema_extra={"format": "byte"})


class NewFile(Sent):
    """A file for a question."""

    step: Reference = Field(description="`step` of the screen that asks", examples=["bring"])
    question: Reference = Field(description="`id` of the question", examples=["photos"])
    name: Annotated[str, StringConstraints(min_length=1, max_length=200), Printable] = Field(
        description="for its ending only, which has to fit what is in it; it is not kept",
        examples=["photo.jpg"],
    )
    content: Annotated[str, StringConstraints(max_length=14_000_000)] = Field(
        description="in base64 (RFC 4648); at most `megabytes` of the question",
        json_schema_extra={"format": "byte"},
        examples=["iVBORw0KGgo="],
    )
