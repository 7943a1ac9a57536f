"""Alerts: rules, what they find at each place (samples), and the life of each alert (episodes). Frames and values in and out."""
