"""Request and response bodies, one module per part of the API.

The OpenAPI document is made from these types, and requests and responses are validated by them.
Their docstrings are the descriptions in the document.
"""
