"""Cells of the files that people open in a spreadsheet."""

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_MARKS) else cell
