"""A second opinion on maternity rest: written from the circular, without a line of the product."""
