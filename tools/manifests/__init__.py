"""Tries the manifests of a whole project on an API server."""
