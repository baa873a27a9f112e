"""The schemes, one folder each."""
