"""Programs of the project's own development; no part of the distribution's packages."""
