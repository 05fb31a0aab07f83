"""`evenhand bench`: the cost of a message, a decision and the monitors, in CPU time."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from models.artefacts.artefact import read_artefact
from models.artefacts.store import resolve
from models.evaluation.data.labelled_file import LabelledFile
from models.evaluation.data.labels import labels_for
from models.training.config import SAMPLE_ROWS
from streams.categorizer.ensemble import ensemble_for
from streams.cli.bench_frame import FiguresKept, check_source, steps
from streams.cli.console import note, print_json, stdout
from streams.cli.exits import ExitCode
from streams.cli.inputs import JsonOption, ModelOption
from streams.cli.labelled import DataOption, LabelsOption, MapOption, SinceOption, WithMccOption, selection_of
from streams.clock import wall_clock
from streams.settings.settings import load_settings
from streams.trials.bench.against import checked_tree, turns_against
from streams.trials.bench.job import Contender
from streams.trials.bench.kept import KEPT
from streams.trials.bench.model import CASES, in_child, run_model
from streams.trials.bench.monitors import MonitorInput, run_monitors
from streams.trials.bench.online import run_online
from streams.trials.bench.parts import parts_data, parts_table, run_parts
from streams.trials.bench.report import (
    against_data,
    against_table,
    model_bar,
    model_data,
    model_load,
    model_table,
    monitors_bar,
    monitors_data,
    monitors_table,
    online_bar,
    online_data,
    online_table,
    stages_data,
    stages_figures,
    stages_table,
    stream_bars,
    stream_data,
    stream_table,
    worker_stages_data,
    worker_stages_table,
)
from streams.trials.bench.sample import transactions_for
from streams.trials.bench.side_by_side import LATENCY_SECONDS, Part, run_side_by_side
from streams.trials.bench.side_by_side_report import (
    figures_of,
    side_by_side_data,
    side_by_side_lines,
    side_by_side_tables,
)
from streams.trials.bench.stages import run_stages
from streams.trials.bench.stream import COMPARED, StreamOptions, open_broker, run_stream
from streams.trials.bench.worker_stages import run_worker_stages

app = typer.Typer(
    help="Measure what a message, a decision and the monitors cost.", no_args_is_help=True, rich_markup_mode="markdown"
)

InputOption = Annotated[
    Path | None,
    typer.Option("--input", "-i", metavar="FILE", help="Transactions as CSV or JSON Lines; else the shipped sample."),
]
BrokerOption = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="Use this broker; topics created on it are deleted again.")
]
RoundsOption = Annotated[
    int, typer.Option(metavar="N", min=1, max=50, help="How often each is measured; they take turns.")
]
ContenderOption = Annotated[
    list[Contender] | None, typer.Option(metavar="NAME", help=f"Only these, of {', '.join(Contender)}.")
]
SaveOption = Annotated[
    bool, typer.Option("--save", metavar="", help="Keep the figures, so that the next run prints the change.")
]
KeptOption = Annotated[Path, typer.Option(metavar="FILE", help="Figures of an earlier run.")]
AgainstOption = Annotated[
    Path | None,
    typer.Option(
        metavar="TREE",
        exists=True,
        file_okay=False,
        help="Run the code of this checkout too, an older commit's say, in turns with this code, and compare.",
    ),
]


@app.command()
def stream(
    broker: BrokerOption = None,
    messages: Annotated[int, typer.Option(metavar="N", min=1000, help="Messages of each run.")] = SAMPLE_ROWS,
    rounds: RoundsOption = 3,
    contender: ContenderOption = None,
    source: InputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the stream with a bare loop, a copy loop and a naive agent, per CPU second of the client.

    Starts Kafka (needs Java 17 and Maven) unless --broker names one. Every contender runs in a process of its own, in
    turns; its CPU time is read at a tenth and at nine tenths of the messages. A contender that loses or doubles
    a record makes the benchmark void: exit code 1. A bar that is not met is information: exit code 0.

    Example: evenhand bench stream --messages 20000 --rounds 1
    """
    chosen = tuple(dict.fromkeys(contender or COMPARED))
    check_source(source)
    transactions = transactions_for(source, rows=messages)
    options = StreamOptions(messages, rounds, own_broker=broker is None, contenders=chosen)
    with steps() as step, open_broker(broker, progress=step) as servers:
        standings = run_stream(options, transactions, bootstrap_servers=servers, progress=step)
    if as_json:
        print_json(stream_data(options, standings))
        return
    stdout().print(stream_table(standings))
    for line in stream_bars(options, standings):
        stdout().print(line, markup=False)


@app.command("side-by-side")
def side_by_side(
    broker: BrokerOption = None,
    messages: Annotated[
        int, typer.Option(metavar="N", min=1000, max=1_000_000, help="Messages of each run.")
    ] = SAMPLE_ROWS,
    rounds: RoundsOption = 3,
    seconds: Annotated[
        float, typer.Option(metavar="S", min=0.5, max=60, help="Time that each rate is offered for.")
    ] = LATENCY_SECONDS,
    only: Annotated[list[Part] | None, typer.Option(metavar="PART", help=f"Only {', '.join(Part)}.")] = None,
    contender: ContenderOption = None,
    kept: KeptOption = KEPT,
    save: SaveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare Evenhand with loops, agents and other libraries on one broker, in one run of some minutes.

    Throughput and memory of every contender, in turns, and the model alone beside the stream with it; latency from
    writing to reading at two rates; 1, 2 and 4 workers in one group. Then the bars, and the change against the
    figures that were kept. quixstreams and bytewax have an environment of their own: `make bench` makes it.

    Starts Kafka (needs Java 17 and Maven) unless --broker names one. A contender that loses or doubles a record makes
    all void: exit code 1. A bar that is not met is information: exit code 0.

    Example: evenhand bench side-by-side --messages 20000 --rounds 1
    """
    options = StreamOptions(
        messages, rounds, own_broker=broker is None, contenders=tuple(dict.fromkeys(contender or Contender))
    )
    figures_kept = FiguresKept.open("side-by-side", kept, save=save)
    with steps() as step, open_broker(broker, progress=step) as servers:
        report = run_side_by_side(
            options,
            transactions_for(None, rows=messages),
            bootstrap_servers=servers,
            progress=step,
            parts=tuple(only or Part),
            seconds=seconds,
        )
    shown: list[Table | str] = [*side_by_side_tables(report), *side_by_side_lines(report)]
    run = {"messages": messages, "rounds": rounds}
    figures_kept.tell(side_by_side_data(report), shown, figures_of(report), run, as_json=as_json)


@app.command()
def model(
    source: InputOption = None,
    model: ModelOption = None,
    rows: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Transactions at most.", show_default="all")
    ] = None,
    rounds: RoundsOption = 3,
    against: AgainstOption = None,
    kept: KeptOption = KEPT,
    save: SaveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the full ensemble alone: decisions per CPU second, and the share of each method.

    Rows are decided on in their order, in batches of 500, in one process, from empty caches; with and without merchant
    category codes; all rows, and each description once, where no cache helps.

    Example: evenhand bench model --rows 5000 --rounds 1
    """
    check_source(source)
    folder = load_settings(model=model).model
    if against is not None:
        in_tree = in_child(source=source, model=folder, rows=rows)
        tree = checked_tree(against, "streams.trials.bench.model")
        with steps() as step:
            compared = turns_against(CASES, in_tree, tree=tree, rounds=rounds, progress=step)
        print_json(against_data(compared)) if as_json else stdout().print(against_table(compared))
        return
    figures_kept = FiguresKept.open("model", kept, save=save)
    with steps() as step:
        cases = run_model(source=source, model=folder, rows=rows, rounds=rounds, progress=step)
    figures = {str(case.case): case.rate for case in cases}
    run = {"rows": cases[0].typical.decisions, "rounds": rounds}
    shown: list[Table | str] = [model_table(cases), model_load(cases), model_bar(cases)]
    figures_kept.tell(model_data(cases), shown, figures, run, as_json=as_json)


@app.command()
def online(
    source: InputOption = None,
    model: ModelOption = None,
    rows: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Transactions at most.", show_default="all")
    ] = None,
    rounds: RoundsOption = 3,
    kept: KeptOption = KEPT,
    save: SaveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure what 100,000 memories of corrections and 5,000 house rules cost: decisions per CPU second beside none.

    Rows are decided on in their order, in batches of 500, in one process, from empty memories of lines, and their bytes
    are made; all rows, and each description once. Each process decides on 500 other rows first. One merchant of ten is
    corrected, one of fifty has a rule, one account of five has corrections of its own, and a model of texts votes on
    what is unsure.

    Example: evenhand bench online --rows 5000 --rounds 1
    """
    check_source(source)
    figures_kept = FiguresKept.open("online", kept, save=save)
    with steps() as step:
        cases = run_online(
            source=source, model=load_settings(model=model).model, rows=rows, rounds=rounds, progress=step
        )
    figures = {str(case.case): case.rate for case in cases}
    run = {"rows": cases[0].typical.decisions, "rounds": rounds}
    figures_kept.tell(online_data(cases), [online_table(cases), *online_bar(cases)], figures, run, as_json=as_json)


@app.command()
def stages(
    broker: BrokerOption = None,
    source: InputOption = None,
    rows: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Transactions at most.", show_default="all")
    ] = None,
    rounds: RoundsOption = 3,
    handler_only: Annotated[
        bool, typer.Option("--handler-only", metavar="", help="Measure the handler alone, without Kafka.")
    ] = False,
    against: AgainstOption = None,
    kept: KeptOption = KEPT,
    save: SaveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show where a message's CPU time goes in the worker: in its handler, then in the whole process on Kafka.

    The worker's handler takes the transactions in batches of 500, with a model that costs nothing; its parts are timed
    apart on the same batches, and what it takes beyond them is `glue`. Then the worker runs on Kafka (needs Java 17 and
    Maven, unless --broker names one), with that model and with the full ensemble, and is sampled. Microseconds of CPU
    time per message. --against compares the handler alone.

    Example: evenhand bench stages --rows 5000 --rounds 1
    """
    check_source(source)
    tree = against and checked_tree(against, "streams.trials.bench.stages")
    figures_kept = FiguresKept.open("stages", kept, save=save)
    workers = []
    with steps() as step:
        reports = run_stages(source=source, rows=rows, rounds=rounds, progress=step, against=tree)
        if not handler_only and tree is None:
            transactions = transactions_for(source, rows=rows)
            with open_broker(broker, progress=step) as servers:
                workers = run_worker_stages(
                    transactions,
                    bootstrap_servers=servers,
                    own_broker=broker is None,
                    rounds=rounds,
                    progress=step,
                )
    data = stages_data(*reports) | ({"workers": worker_stages_data(workers)} if workers else {})
    shown = [stages_table(*reports), *([worker_stages_table(workers)] if workers else [])]
    run = {"rows": reports[0].messages, "rounds": rounds}
    figures_kept.tell(data, shown, stages_figures(reports[0], workers), run, as_json=as_json)


@app.command()
def monitors(
    broker: BrokerOption = None,
    transactions: Annotated[
        int, typer.Option(metavar="N", min=20_000, help="Transactions of the traffic; live runs take 400,000 at most.")
    ] = 4_000_000,
    rounds: RoundsOption = 3,
    kept: KeptOption = KEPT,
    save: SaveOption = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the fairness monitors beside 20,000 transactions a second, after a week of them.

    First the handler alone, given the summaries of half a second at once. Then the process as `evenhand monitor` runs
    it, on Kafka (needs Java 17 and Maven) unless --broker names one: all summaries there before it starts, and live
    ones as they come. The monitor's CPU time alone counts.

    Example: evenhand bench monitors --transactions 400000 --rounds 1
    """
    figures_kept = FiguresKept.open("monitors", kept, save=save)
    with steps() as step, open_broker(broker, progress=step) as servers:
        step("deciding")
        ensemble = ensemble_for(load_settings())
        given = MonitorInput.of(ensemble, transactions_for(None), count=transactions, now=wall_clock())
        cases = run_monitors(given, rounds=rounds, bootstrap_servers=servers, own_broker=broker is None, progress=step)
    figures = {f"{case.case}, per CPU s": case.rate for case in cases}
    run = {"transactions": transactions, "rounds": rounds}
    figures_kept.tell(monitors_data(cases), [monitors_table(cases), monitors_bar(cases)], figures, run, as_json=as_json)


@app.command()
def parts(
    data: DataOption,
    labels: LabelsOption,
    label_map: MapOption = None,
    since: SinceOption = None,
    with_mcc: WithMccOption = False,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what each part of the ensemble is worth on labelled transactions: n-grams, gazetteer, grammar, and so on.

    The file is one that `evenhand evaluate` takes. The first line is the n-grams alone; each line below adds one part
    under the review policy `agreement`; the last one decides by `calibrated` instead. The merchant category code is
    withheld unless --with-mcc asks for it. Caches are empty at the start of each line.

    Example: evenhand bench parts --data labelled.csv --labels category
    """
    selection = selection_of(since, with_mcc=with_mcc)
    labelled = LabelledFile(data, labels, labels_for(labels, label_map), selection)
    rows = list(labelled)
    manifest, contents = read_artefact(resolve(load_settings(model=model).model))
    with steps() as step:
        reports = run_parts(rows, manifest, contents, now=wall_clock(), progress=step)
    if as_json:
        print_json(parts_data(reports))
    else:
        stdout().print(parts_table(reports))
        stdout().print(f"{len(rows):,} of {labelled.counts.rows:,} rows, model {manifest.model_version}")
    if refused := len(labelled.counts.refused):
        count = "1 row was" if refused == 1 else f"{refused:,} rows were"
        note(f"{count} refused; `evenhand evaluate` names them by line")
        raise typer.Exit(int(ExitCode.REFUSED))
