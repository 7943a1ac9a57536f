"""Timely measured beside DuckDB SQL and pandas written by hand: python -m tests.benchmarks [--events N]."""
