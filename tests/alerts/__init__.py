"""Alerts: what may and may not happen."""
