"""A simulated provider that writes raw files: queues run as queues, rates calibrated to published figures."""

from metrics.simulate.simulation import SimulationReport, simulate

__all__ = ["SimulationReport", "simulate"]
