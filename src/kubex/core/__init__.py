"""The Kubernetes protocol without any I/O."""
