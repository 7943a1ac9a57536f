"""Signals: what a control chart says of a series, whether it is changing (variation) and whether it will meet its target (assurance)."""
