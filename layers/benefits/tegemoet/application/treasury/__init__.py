"""The treasury of the body that pays."""
