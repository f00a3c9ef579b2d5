"""An API server inside the test process."""
