"""The language in which a service is defined: YAML in, a checked :class:`~.definition.Flow` out. Pure.

No clock, no database, no request: the same text is the same flow everywhere, for ever (docs/flows.md).
"""
