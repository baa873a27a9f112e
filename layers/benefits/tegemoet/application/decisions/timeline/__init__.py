"""The picture of a decision, as one SVG."""
