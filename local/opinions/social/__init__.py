"""A second opinion on the social status: written as tables, without a line of the product."""
