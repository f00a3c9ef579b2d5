"""Makes the OpenAPI documents that the project keeps out of Kubernetes' published Go modules."""
