"""Where the credentials of a request come from, one source a module."""
