"""Validates JSON that Cantus wrote against `docs/lead-sheet.schema.json`, patterns included.

Usage: python3 tests/schema/check_json.py [FILE...]

Needs the package jsonschema. Without files it validates the layout that the tests of the crate
`score` keep, and checks that spoilt copies of it are refused.
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

REPOSITORY = Path(__file__).resolve().parents[2]
SNAPSHOTS = REPOSITORY / "crates" / "score" / "tests" / "json" / "snapshots"
SPOILT = [("1/3", "1/0"), ("1/3", "-1/3"), ("1/3", "0.333"), ("1/3", ""), ('"4"', '"04/"')]


def main() -> int:
    schema = json.loads((REPOSITORY / "docs" / "lead-sheet.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    failures = []
    texts = {name: Path(name).read_text() for name in sys.argv[1:]}
    if not texts:
        for path in SNAPSHOTS.glob("*.snap"):
            _, _, text = path.read_text().split("---\n", 2)
            texts[path.name] = text
            for old, new in SPOILT:
                if old not in text or validator.is_valid(json.loads(text.replace(old, new))):
                    failures.append(f"{path.name}: {new} in place of {old} is accepted")
    for name, text in texts.items():
        for error in validator.iter_errors(json.loads(text)):
            failures.append(f"{name}: {error.json_path}: {error.message}")
    print("\n".join(failures) or f"{len(texts)} files are as the schema says")
    return 1 if failures or not texts else 0


if __name__ == "__main__":
    sys.exit(main())
