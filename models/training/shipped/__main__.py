"""Makes and checks the files that are shipped: `python -m models.training.shipped COMMAND`, at the root."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.contracts import schemas
from models.errors import EvenhandError
from models.gazetteer import knowledge
from models.training.balance import amounts
from models.training.config import SHIPPED
from models.training.encoder import export
from models.training.shipped import cues, gazetteer, grammar_check, names, toronto
from models.voters.people.forms import FOLDER


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code, 1 where it is refused or fails."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except EvenhandError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m models.training.shipped", description="Make or check what is shipped."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("schemas", help="JSON Schemas of the wire events")
    action = command.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write them, unless a change is incompatible")
    action.add_argument("--check", action="store_true", help="fail where a committed schema is not the generated one")
    command.add_argument("--directory", type=Path, default=schemas.DIRECTORY, help="default: %(default)s")
    command.set_defaults(run=_schemas)

    command = commands.add_parser("knowledge", help="check the names written by hand, and count them")
    command.add_argument("--folder", type=Path, default=knowledge.FOLDER, help="default: the shipped one")
    command.set_defaults(run=_knowledge)

    command = commands.add_parser("gazetteer", help="build the table of brands")
    command.add_argument("--source", type=Path, required=True, help="folder with the tarball of `npm pack`")
    command.add_argument("--output", type=Path, required=True, help="the .csv.gz to write")
    command.set_defaults(run=_gazetteer)

    command = commands.add_parser("cues", help="set the confidence of each cue word from the shipped descriptors")
    command.set_defaults(run=_cues)

    command = commands.add_parser("names", help="build the table of people's names from public lists and our own")
    command.add_argument("--target", type=Path, default=SHIPPED / FOLDER, help="default: the shipped one")
    command.set_defaults(run=_names)

    command = commands.add_parser("grammar", help="count how often each rule of the grammar is right")
    command.set_defaults(run=_grammar)

    command = commands.add_parser("amounts", help="estimate the amounts of each category, and print them")
    command.add_argument("--write", action="store_true", help=f"replace {amounts.AMOUNTS_FILE}")
    command.set_defaults(run=_amounts)

    command = commands.add_parser("toronto", help="build descriptors and sample from the City of Toronto's rows")
    command.add_argument("--source", type=Path, required=True, help=f"folder that holds {toronto.SOURCE_FILE}")
    command.add_argument("--target", type=Path, default=SHIPPED, help="folder to write to; default: the shipped one")
    command.set_defaults(run=_toronto)

    command = commands.add_parser("encoder", help="make the encoder; needs the extra `embeddings`")
    command.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder that gets the artefact")
    command.add_argument("--precision", choices=("int8", "fp32"), default="int8", help="of the weights; int8")
    command.set_defaults(run=_encoder)
    return parser


def _schemas(options: argparse.Namespace) -> int:
    problems = schemas.write(options.directory) if options.write else schemas.check(options.directory)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems and options.write:
        print("Nothing written. A breaking change needs a new schema version beside this one.", file=sys.stderr)
    return 1 if problems else 0


def _knowledge(options: argparse.Namespace) -> int:
    spellings = knowledge.knowledge(options.folder)
    by_file = Counter(known.source.partition(":")[0] for known in spellings)
    by_category = Counter(known.category for known in spellings)
    for counts in (by_file, by_category):
        print("\n".join(f"{count:6} {name}" for name, count in counts.most_common()))
    print(f"{len(spellings):6} spellings")
    return 0


def _gazetteer(options: argparse.Namespace) -> int:
    rows, size = gazetteer.write(options.source, options.output)
    print(f"{rows} rows, {size} bytes")
    return 0


def _names(options: argparse.Namespace) -> int:
    rows, size = names.write(options.target)
    print(f"{rows} names, {size} bytes")
    return 0


def _cues(_options: argparse.Namespace) -> int:
    cues.fit_shipped()
    return 0


def _grammar(_options: argparse.Namespace) -> int:
    print("\n".join(grammar_check.table(grammar_check.hits(grammar_check.shipped_lines()))))
    return 0


def _amounts(options: argparse.Namespace) -> int:
    text = amounts.table(amounts.shipped_estimates())
    if options.write:
        (SHIPPED / amounts.AMOUNTS_FILE).write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def _toronto(options: argparse.Namespace) -> int:
    for name, size in toronto.write(options.source, options.target):
        print(f"{name}: {size:,} bytes")
    return 0


def _encoder(options: argparse.Namespace) -> int:
    manifest = export.export(options.output, precision=options.precision)
    print(f"encoder {manifest.model_version}, {options.precision}: {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
