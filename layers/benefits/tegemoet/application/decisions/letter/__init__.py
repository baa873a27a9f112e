"""The letter on a decision, as one HTML page."""
