"""Generates the Kubernetes models: OpenAPI document, intermediate model, Python files.

One direction, a module for each step:

    document          read a document from a file or a server
    resources         which resources its paths serve: scope, plural, subresources, list
    openapi_v2        document to intermediate model
    intermediate      the model that every source is turned into and every output made from
    partition         which definition stands in which module
    shared            definitions for which kubex_core.models has a hand-written class
    struct_modules    one module of structs
    packages          packages' `__init__` files and the merge rules
    generate          all files of one version
    output            writing them, or comparing them with what is there
"""
