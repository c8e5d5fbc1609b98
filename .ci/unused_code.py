"""Lists functions, methods, classes and imports of the package that nothing uses, tests included; exits 1 if any.

Fields are left out: profiles, tables and replies are read by name, from SQL or by pydantic, which vulture cannot see.
"""

import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parents[1]
PACKAGE = ("reasonmed_assets", "quality", "sql", "definitions.py")
USERS = ("tests", "benchmarks", ".ci")
KINDS = {"function", "method", "property", "class", "import", "unreachable_code"}
CALLED_BY_FRAMEWORKS = ["@table", "@dg.*", "@app.*", "@*.command", "@*.callback", "@*_validator", "@pytest.*", "@*.get"]
CALLED_BY_NAME = [
    "Config",
    "_validate_headers",
    "from_config_value",
    "get_pk_constraint",
    "get_pool_class",
    "do_*",
    "pytest_*",
    "store_event_batch",
    "visit_*",
]
"""Frameworks find some methods by name."""


def main() -> int:
    """Prints one line per finding; 1 if there are any."""
    vulture = Vulture(ignore_names=CALLED_BY_NAME, ignore_decorators=CALLED_BY_FRAMEWORKS)
    vulture.scavenge([str(ROOT / path) for path in (*PACKAGE, *USERS) if (ROOT / path).exists()])
    inside = tuple(str(ROOT / path) for path in PACKAGE)
    findings = [
        item for item in vulture.get_unused_code() if item.typ in KINDS and str(item.filename).startswith(inside)
    ]
    for item in findings:
        print(f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} {item.name!r}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
