"""Clients: the same contract over aiohttp and over httpx."""
