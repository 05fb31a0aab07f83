"""`evenhand audit`: does a model treat kinds of people and purchases alike? Exit 0 yes, 1 no, 4 not measured."""

import typer

from streams.cli.audit_bias import bias
from streams.cli.audit_counterfactual import counterfactual
from streams.cli.audit_model import model
from streams.cli.audit_probes import probes

app = typer.Typer(
    help="Hold a model against limits of fairness: exit code 0 within them, 1 beyond one, 4 not measured.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.callback()
def _group() -> None:
    """Hold a model against limits of fairness: exit code 0 within them, 1 beyond one, 4 not measured."""


app.command("bias")(bias)
app.command("counterfactual")(counterfactual)
app.command("probes")(probes)
app.command("model")(model)
