"""Identity numbers, holders and accounts that are planted in files and searched for elsewhere."""

import json
import unicodedata

from tegemoet.domain.iban import check_digits
from tests.support.dropping import insz, riziv

PERSONS = [insz(n) for n in range(1, 7)]
HOLDERS = ["Zoë Plantyn-Moretus", "Bakkerij De Geplante Korst", "Apotheek Verborgen", "Geweigerde Houder"]
BODIES = [f"{body}{int(body) % 97:02}" for body in ("0019988776", "0018877665", "0017766554")]
ACCOUNTS = [f"BE{check_digits('BE', body)}{body}" for body in BODIES]
BAD_ACCOUNT = f"BE00{BODIES[0]}"


def printed(number: str) -> str:
    return f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:9]}.{number[9:]}"


def spellings(value: str) -> list[bytes]:
    """A planted value as it is written and printed, and as JSON within JSON has it."""
    found = {value, unicodedata.normalize("NFD", value), value.upper(), json.dumps(value)[1:-1]}
    if value.isdigit():
        found |= {printed(value), value[:6] + "-" + value[6:], f"{value[:6]} {value[6:9]} {value[9:]}"}
    if value.startswith("BE"):
        found.add(" ".join(value[at : at + 4] for at in range(0, 16, 4)))
    return [text.encode() for text in sorted(found)]


def files() -> dict[str, str]:
    """A file of every kind, with good rows and with values where they do not belong."""
    one, two, titular, gone, new, bad = PERSONS
    none = printed(bad)
    return {
        "practices": "insz;riziv_number;profession;specialism;number_granted_on;training;"
        "medical_house_weekly_hours;pharmacy_id;tariff_office\n"
        f"{one};{riziv(1)};nurse;;;no;;;\n{gone};{riziv(2)};nurse;;;no;;;\n"
        f"{titular};{riziv(3)};pharmacist;;;no;;P-1;T-1\n"
        f"{bad};{riziv(4)};pharmacist;;;no;;{none};T-1\n{bad};{bad};nurse;;;no;;;\n{none};{riziv(5)};nurse;;;no;;;\n"
        f"{bad};{riziv(6)};{HOLDERS[3]};;;no;;;\n",
        "conventions": "riziv_number;status;from;until\n"
        + "".join(f"{riziv(n)};full;2020-01-01;\n" for n in (1, 2, 3))
        + f"{bad};full;2020-01-01;\n{riziv(4)};{none};2020-01-01;\n",
        "activity-s1": "riziv_number;setting;amount\n"
        + "".join(f"{riziv(n)};ambulatory;60000\n" for n in (1, 2, 3))
        + f"{riziv(4)};{bad};1\n{riziv(4)};ambulatory;{none}\n",
        "accounts": "insz;holder;iban;registered_on;language\n"
        f"{one};{HOLDERS[0]};{ACCOUNTS[0]};2023-06-01;nl\n"
        f"{new};{unicodedata.normalize('NFD', HOLDERS[0])};{ACCOUNTS[1]};2023-06-01;nl\n"
        f"{two};{HOLDERS[3]} {bad};{ACCOUNTS[0]};2023-06-01;nl\n{two};{HOLDERS[3]};{BAD_ACCOUNT};2023-06-01;nl\n"
        f'{two};"{HOLDERS[3]}\n{bad}";{ACCOUNTS[0]};2023-06-01;nl\n',
        "identities": f"old_insz;new_insz\n{gone};{new}\n{bad};{none}\n",
        "tariff-offices": "tariff_office;holder;iban\n"
        f"T-1;{HOLDERS[1]};{ACCOUNTS[2]}\n{none};{HOLDERS[3]};{ACCOUNTS[2]}\n",
    }
