"""kubex: an asynchronous, fully typed Kubernetes client."""
