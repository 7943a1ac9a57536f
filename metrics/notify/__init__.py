"""Notifying: the outbox's messages to their owners, by mail, chat or webhook, and a log of what became of each."""

from metrics.notify.delivering import NotifyReport, deliver

__all__ = ["NotifyReport", "deliver"]
