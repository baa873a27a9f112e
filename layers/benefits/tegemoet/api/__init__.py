"""The HTTP side: routes, request models, problem+json, OpenAPI."""
