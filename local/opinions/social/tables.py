"""The printed figures of the social status as tables, and one way to read them.

Amounts and measures are whole hundredths: cents, and hundredths of a service, a key-letter value
or an hour.
"""

Row = tuple[str, ...]


def hundredths(text: str) -> int:
    """`5037.70` is 503770, and `300` is 30000."""
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


def half_up(value: int, parts: int) -> int:
    """`value` divided by `parts`, half-up."""
    return (2 * value + parts) // (2 * parts)


def _rows(table: str) -> list[Row]:
    return [tuple(line.split()) for line in table.strip().splitlines()]


AMOUNT_TABLE = """
                                2018     2019     2020     2021     2022     2023     2024
physician        full        4870.71  4941.34  5037.70  5088.58  5128.78  5546.26  5881.81
physician        partial     2297.63  2330.95  2376.40  2400.40  2419.36  2616.30  2774.59
physician        trainee           -        -  6287.70  6351.21  6401.38  7465.04  7916.68
dentist          full              -        -  3200.00  3232.32  3257.86  3523.05  3736.19
physiotherapist  full              -        -  2684.74  2847.45  3165.07  3422.71        -
physiotherapist  middle            -        -  2006.76  2128.38  2365.79  2558.37        -
physiotherapist  basic             -        -  1518.64  1610.68  1790.34  1936.07        -
pharmacist       full              -        -  3068.44  3099.43  3123.92  3378.21        -
pharmacist       middle            -        -  2301.32  2324.56  2342.92  2533.63        -
pharmacist       basic             -        -  1534.23  1549.73  1561.97  1689.11        -
speech-therapist full        2579.74        -        -  2695.13  2716.42  2937.54  3115.26
speech-therapist basic       1250.78        -        -  1306.74  1317.06  1424.27  1510.44
nurse            full         521.16        -   539.03   544.47   548.77   593.44   629.34
midwife          full              -        -        -        -        -   593.44   629.34
"""
PENSION_TABLE = """
                             2018     2019     2020
reserved-retirement-pension  5829.83  5914.36  6029.69
reserved-survivor-pension    4858.32  4928.77        -
"""
# specialism, full, reduced, by how much the full one is lowered in 2020; -: not printed
ANNEX_TABLE = """
general-practice   25000.00  12500.00   5
anaesthesiology    56393.89  28196.94  14
surgery            51498.05  25749.02  16
neurosurgery       64757.77  32378.89  16
plastic-surgery    25000.00  12500.00  13
geriatrics         51879.60  25939.80  11
gynaecology        44455.33  22227.66  13
ophthalmology      55607.11  27803.56  16
ent                56272.26  28136.13  23
urology            57193.42  28596.71  19
orthopaedics       59471.30  29735.65  19
stomatology        75000.00  37500.00  18
dermatology        28812.57  14406.29  15
medical-oncology   28574.68  14287.34   6
internal-medicine  40661.02  20330.51   5
pneumology         52310.07  26155.03  15
gastroenterology   67362.07  33681.03  15
paediatrics        25000.00  12500.00  12
cardiology         75000.00  37500.00  15
psychiatry         25000.00  12500.00   7
neuropsychiatry    25000.00  12500.00  17
neurology                 -         -  15
rheumatology              -         -  14
physical-medicine         -         -  20
clinical-biology          -         -   5
pathology                 -         -  15
"""
# profession, measure, first year, basic, middle, full, most; -: no such step
LADDER_TABLE = """
dentist           services          2020      -      -    300       -
midwife           services          2023      -      -    150       -
midwife           key_letter_value  2023      -      -   2250       -
nurse             reimbursed        2018      -      -  33000  150000
physiotherapist   services          2018   1500   2300   3000    6500
physiotherapist   key_letter_value  2018  36000  55200  72000  156000
speech-therapist  services          2018    900      -   2000    4000
speech-therapist  key_letter_value  2018  15750      -  35000   70000
pharmacist        weekly_hours      2018     19     28     38       -
"""
LOWERED_2020 = {"dentist": 15, "physiotherapist": 11}
LEAST_LOWERING = 5
FIRST_YEAR = 2018
FIRST_MAXIMUM = {"physiotherapist": 2020}
NEW_IN_2022 = ("clinical-genetics", "forensic-medicine")
UNTITLED = ("without-title", "acquired-rights")
RANGE = (2_500_000, 7_500_000)
DAYS_OF_A_YEAR = 222
HOURS_OF_A_HOUSE = 1300


def _by_year(table: str, names: int) -> dict[Row, dict[int, int]]:
    years, *rows = _rows(table)
    return {
        row[:names]: {int(year): hundredths(cell) for year, cell in zip(years, row[names:], strict=True) if cell != "-"}
        for row in rows
    }


AMOUNTS = _by_year(AMOUNT_TABLE, 2)
PENSIONS = _by_year(PENSION_TABLE, 1)


def _cell(text: str) -> int | None:
    return None if text == "-" else hundredths(text)


ANNEX = {name: (_cell(full), _cell(reduced), int(lowered)) for name, full, reduced, lowered in _rows(ANNEX_TABLE)}
LADDERS: dict[str, list[tuple[str, int, dict[str, int], int | None]]] = {}
for profession, measure, since, basic, middle, full, most in _rows(LADDER_TABLE):
    steps = {"full": full, "middle": middle, "basic": basic}
    LADDERS.setdefault(profession, []).append(
        (
            measure,
            int(since),
            {level: hundredths(step) for level, step in steps.items() if step != "-"},
            _cell(most),
        )
    )
