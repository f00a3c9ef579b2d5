"""The documentation site: what MkDocs is told beside mkdocs.yml, and the check of what it has built."""
