"""The letter that tells the insured person a decision, as one HTML page."""
