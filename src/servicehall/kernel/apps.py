"""The kernel as a Django app."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "servicehall.kernel"
    label = "kernel"
    verbose_name = "Kernel"

    def ready(self) -> None:
        """See that the ciphers are right and the root keys closed, in every process, before it does anything.

        Raises:
            CannotStart: they are not.
        """
        from . import effects  # noqa: F401 - its chore asks what became of effects outside
        from .protection import erased_list, known_answers, root_keys  # noqa: F401  (the list follows the log)

        known_answers.check()
        root_keys.check()
