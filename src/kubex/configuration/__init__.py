"""Where the cluster is and who the program is there: from a kubeconfig, a pod's service account, or code."""
