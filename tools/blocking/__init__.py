"""Writes the blocking Api and its accessors, kubex.sync, from the asynchronous ones."""
