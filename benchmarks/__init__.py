"""Benchmarks: what kubex costs, measured beside what it stands on. `python -m benchmarks`, or `make bench`."""
