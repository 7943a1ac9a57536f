"""Signals: what a control chart says of a series: is it changing (variation), will it meet its target (assurance)?"""
