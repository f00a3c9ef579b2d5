"""Models that every Kubernetes version shares, and the bases of all others."""
