"""A real Kubernetes on the loopback interface, for tests: `python -m testbed --help`."""
