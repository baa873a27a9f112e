"""A made-up premium year, and a plain second opinion on what it should pay."""
