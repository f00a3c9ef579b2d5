"""Generated Kubernetes models, a package for each version."""
