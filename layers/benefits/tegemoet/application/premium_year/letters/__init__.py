"""Letters to care providers about the premium of a year."""
