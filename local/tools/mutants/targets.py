"""The parts of the package that are changed, and the tests that must notice every change."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGE = Path("layers/benefits/tegemoet")


@dataclass(frozen=True)
class Target:
    """A part of the package, and the tests that must
    notice every change of it: the quick ones first.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    only: str = ""
    """The package of a scheme: only its tests are run, and only its modules are imported again."""

    def beside(self, test: str) -> "Target":
        """The same, with the tests of another part that uses these files before the last one."""
        return Target(self.files, (*self.tests[:-1], test, self.tests[-1]))


PREMIUM_TESTS = (
    *(f"tests/schemes/convention_premium/test_{name}.py" for name in ["person", "accounts", "activity", "convention"]),
    *(
        f"tests/schemes/convention_premium/test_{name}.py"
        for name in ["pharmacies", "scenarios", "table", "input", "years"]
    ),
    "tests/schemes/test_schemes.py",
)
SECOND_OPINION = "tests/schemes/maternity_rest/test_second_opinion.py"


def _of_maternity_rest(parts: Sequence[str], *tests: str) -> Target:
    files = [f"{part}.py" if "/" not in part else part for part in parts]
    return Target(
        tuple(f"schemes/maternity_rest/{file}" for file in files),
        (
            *(f"tests/schemes/maternity_rest/test_{test}.py" for test in tests),
            *("tests/schemes/test_golden.py", "tests/schemes/test_schemes.py"),  # facts have a sentence that names them
            SECOND_OPINION,
        ),
    )


def _of_scheme(name: str) -> Target:
    """A scheme of one package: its rules, its input and its parameters."""
    package = ROOT / PACKAGE / "schemes" / name
    parts = [*package.glob("[!_]*.py"), *package.glob("parameters/*.toml")]
    tests = (
        *(f"schemes/{name}/test_{kind}.py" for kind in ("rules", "activity", "figures", "properties")),
        *("schemes/test_golden.py", "schemes/test_schemes.py"),
    )
    return Target(
        tuple(sorted(str(part.relative_to(ROOT / PACKAGE)) for part in parts)),
        tuple(f"tests/{test}" for test in tests if (ROOT / "tests" / test).exists()),
        only=name,
    )


DOMAIN = ("money", "calendar", "identity", "iban", "text", "parameters", "decision")
BANKING = (
    *("answers", "characters", "communication", "debtor", "payment_file", "safe_xml"),
    *("target_days", "transfers"),
)
SMALLER_SCHEMES = (
    *("crisis_supplement", "incapacity_supplement", "social_status", "insured_contribution", "newborn_transport"),
    *("company_supplement", "first_hire", "locum_contribution", "locum_licence", "locum_checklist"),
    *("contribution_voucher", "wellbeing_support", "psychiatric_day_care", "speech_therapy_fee"),
    *("parenteral_nutrition", "pension_cumulation", "contraceptives", "dietary_products"),
    *("care_claim_prescription", "locum_liability"),
)

RUNS_IN_MEMORY = ("phases_in_memory", "year_check", "paid_once", "runs_of_another_version")

TARGETS = {
    "rules": Target(
        (
            "schemes/convention_premium/rules.py",
            "schemes/convention_premium/practices.py",
            "schemes/convention_premium/year.py",
            "schemes/convention_premium/case.py",
        ),
        (*PREMIUM_TESTS, "tests/schemes/premium_allocation/test_year_file.py"),
    ),
    "parameters": Target(("schemes/convention_premium/parameters/2023.toml",), PREMIUM_TESTS[::-1]),
    "allocation": Target(
        (
            "schemes/premium_allocation/rules.py",
            "schemes/premium_allocation/year_file.py",
            "schemes/premium_allocation/parameters/parameters.toml",
            "application/premium_year/allocation.py",
        ),
        tuple(f"tests/schemes/premium_allocation/test_{name}.py" for name in ("rules", "year_file", "properties")),
    ),
    "maternity-calendar": _of_maternity_rest(["rest"], "calendar"),
    "maternity-money": _of_maternity_rest(
        ["alignment", "benefit", "figures", "pay", "payments", "wage"],
        "figures",
        "wage",
        "payments",
        "money",
        "decision",
    ).beside("tests/schemes/converted_maternity_leave/test_rules.py"),
    "maternity-entitlement": _of_maternity_rest(
        ["entitlement", "formalities", "rules", "case", "insurability"], "entitlement", "formalities", "decision"
    ),
    "maternity-parameters": _of_maternity_rest(
        ["parameters/parameters.toml"], "figures", "money", "wage", "payments", "calendar", "entitlement", "formalities"
    ),
    "converted-leave": Target(
        (
            *(
                f"schemes/converted_maternity_leave/{name}.py"
                for name in ("leave", "pay", "formalities", "rules", "case")
            ),
            "schemes/converted_maternity_leave/parameters/parameters.toml",
        ),
        (
            *(f"tests/schemes/converted_maternity_leave/test_{name}.py" for name in ("rules", "properties")),
            *("tests/schemes/test_golden.py", "tests/schemes/test_schemes.py"),
        ),
    ),
    "domain": Target(
        tuple(f"domain/{name}.py" for name in DOMAIN),
        (
            *(f"tests/unit/domain/test_{name}.py" for name in DOMAIN),
            "tests/property/domain/test_identity.py",
        ),
    ),
    "banking": Target(
        tuple(f"banking/{name}.py" for name in BANKING),
        tuple(f"tests/unit/banking/test_{name}.py" for name in BANKING),
    ),
    **{name.replace("_", "-"): _of_scheme(name) for name in SMALLER_SCHEMES},
    "shared": Target(
        tuple(f"schemes/{name}.py" for name in ("daily", "dated", "conventions")),
        (
            *("tests/schemes/incapacity_supplement/test_rules.py", "tests/schemes/crisis_supplement/test_rules.py"),
            *("tests/schemes/social_status/test_rules.py", "tests/schemes/wellbeing_support/test_rules.py"),
            *("tests/schemes/convention_premium/test_input.py", "tests/schemes/test_golden.py"),
        ),
    ),
    "values": Target(
        tuple(f"application/premium_year/{name}.py" for name in ("values", "confirming")),
        (
            *("tests/unit/premium_year/test_values.py", "tests/unit/premium_year/test_four_eyes.py"),
            "tests/integration/premium_year/test_runs_of_another_version.py",
        ),
    ),
    "supplied": Target(
        tuple(f"schemes/{name}.py" for name in ("supplied", "events", "known")),
        (
            *("tests/unit/decisions/test_supplied.py", "tests/schemes/test_known_until.py"),
            *("tests/schemes/newborn_transport/test_rules.py", "tests/schemes/crisis_supplement/test_rules.py"),
            *("tests/schemes/locum_licence/test_rules.py", "tests/schemes/test_schemes.py"),
        ),
    ),
    "sentences": Target(
        tuple(f"schemes/{name}.py" for name in ("texts", "notation")),
        (
            *("tests/schemes/test_texts.py", "tests/schemes/test_said.py", "tests/unit/test_languages.py"),
            *("tests/unit/decisions/test_letter.py", "tests/unit/decisions/test_deciding.py"),
            "tests/schemes/test_schemes.py",
        ),
    ),
    "professions": Target(
        ("schemes/professions.py",),
        (
            *(f"tests/schemes/convention_premium/test_{name}.py" for name in ("table", "activity", "person")),
            "tests/unit/intake/test_ingest.py",
        ),
    ),
    "ledger": Target(
        ("adapters/ledger.py", "adapters/inserts.py"),
        ("tests/integration/adapters/test_inserts.py", "tests/integration/adapters/test_ledger.py"),
    ),
    "settlement": Target(
        tuple(f"application/premium_year/{name}.py" for name in ("settlement", "releasing", "entries")),
        (
            *(f"tests/unit/premium_year/test_{name}.py" for name in ("settlement", "four_eyes")),
            *(f"tests/integration/premium_year/test_{name}.py" for name in RUNS_IN_MEMORY),
        ),
    ),
}


def missing_files() -> list[str]:
    """The files and tests that a target names and that do not exist, as `target: path`."""
    return [
        f"{name}: {path}"
        for name, target in TARGETS.items()
        for path in [*(str(PACKAGE / file) for file in target.files), *target.tests]
        if not (ROOT / path).is_file()
    ]
