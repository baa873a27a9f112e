"""Stands for the product's package: found by every function through the layer."""

WORDS = "from the layer"
