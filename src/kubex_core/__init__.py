"""What a Kubernetes resource is: models without any I/O."""
