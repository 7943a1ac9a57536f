"""Figures and answers over HTTP, for Excel, Power BI and notebooks: the same guard, limits and people as the dashboard's."""

from metrics.api.routes import routes

__all__ = ["routes"]
