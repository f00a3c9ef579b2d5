"""Tries classes of real CustomResourceDefinitions: generated, checked, and used on an API server.

definitions   reads the folder
modules       generates, formats, type-checks and imports
samples       an object of a schema, as small as it can be
problems      what ends a trial
server        installs a definition and uses its objects
"""
