"""Watching: what comes in is taken, figures follow, alerts move, owners are told; again and again, until it is stopped."""

from metrics.watch.apart import Apart
from metrics.watch.draining import Draining
from metrics.watch.looking import Look, Watcher, look
from metrics.watch.standing import Standing, refused, standings

__all__ = ["Apart", "Draining", "Look", "Standing", "Watcher", "look", "refused", "standings"]
