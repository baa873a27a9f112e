"""Why a row is rejected: stable codes, and a sentence for each."""

LONGEST_HOLDER = 140
"""Characters of an account holder's name: the length of a name in ISO 20022. It also keeps a fact below 1 kB, one write unit."""

REASONS = {
    "birth-year-invalid": "The year of birth is no year from 1900 to the year of the file, written with four digits.",
    "category-unknown": "The category is not 1 to 6.",
    "contact-for-category": "Households of categories 1 and 2 were not contacted, those of 3 and 4 were.",
    "contradicted": "Another row says something else for the same key.",
    "earlier-year-for-outcome": "A year stands beside every earlier outcome but none, four digits and not after the year of the file.",
    "entitled-for-right": "A right has a first day, and what is no right has none.",
    "field-count": "The row has more or fewer fields than the header.",
    "holder-invalid": f"The holder is empty, longer than {LONGEST_HOLDER} characters, or holds control characters.",
    "iban-bank-unknown": "The bank of this Belgian account is not in the list of banks. The row is accepted.",
    "iban-invalid": "The account number is no valid IBAN of a SEPA country, without spaces.",
    "income-for-00": "Return code 00 has an income code and an amount, and no other code has.",
    "insz-invalid": "The identity number is not eleven digits with valid check digits.",
    "key-of-another-partner": "Another partner delivered this key first, and only that partner may replace it.",
    "json-duplicate-name": "A name stands twice in one object of the JSON.",
    "json-invalid": "The line is no JSON.",
    "json-not-a-number": "The line holds NaN or Infinity, which are not JSON.",
    "json-too-deep": "The JSON has more than 16 levels of objects and lists in one another.",
    "label-invalid": "The name is not 1 to 64 letters, digits, points, underscores or hyphens.",
    "language-unknown": "The language is not nl, fr, de or empty.",
    "not-a-day": "The day is no existing day written as YYYY-MM-DD.",
    "not-an-amount": "The amount is not digits with at most two decimals, without sign or thousands sign.",
    "not-hours": "The hours are not up to three digits with at most two decimals.",
    "not-yes-or-no": "The field is not yes or no.",
    "numbers-equal": "The old and the new number are the same.",
    "outcome-unknown": "The earlier outcome is not none, no-reaction, incomplete or above-ceiling.",
    "overlapping": "Another row covers the same days of this number.",
    "pharmacy-for-pharmacists": "Every pharmacist has a pharmacy and a tariff office, and nobody else has.",
    "profession-unknown": "The profession is unknown.",
    "quote-misplaced": "A quote stands where none can stand.",
    "request-number-invalid": "The request number is not three digits, a year, and a valid identity number.",
    "return-code-invalid": "The return code is not two digits.",
    "riziv-number-invalid": "The number is not eleven digits with valid check digits.",
    "row-too-long": "The row is longer than 8 kB.",
    "setting-unknown": "The setting is not ambulatory, day-hospital or inpatient.",
    "specialism-unknown": "It is no specialism of this profession.",
    "status-unknown": "The convention is not full, partial or none.",
    "training-not-for-profession": "Only physicians and dentists are in training.",
    "until-before-from": "The period ends before it begins.",
}
"""One sentence per code of a rejected row or a warning; a sentence never contains a value of the file."""


def reason_of(code: str) -> str:
    """The sentence for a code. For a code of a case's own fields, which is not in `REASONS`, the code in words."""
    return REASONS.get(code) or f"{code.replace('-', ' ').capitalize()}."


class RowRejectedError(Exception):
    """One row is rejected; the file continues. `column` = the column at fault (empty = the whole row), `code` = a stable code."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column = column
        self.code = code
