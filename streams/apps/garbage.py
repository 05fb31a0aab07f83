"""Python's garbage collector in a process that handles batches."""

import gc

YOUNG = 250_000
"""Objects made and not yet freed before the youngest generation is walked; Python's own limit is 700.

A batch makes some fifteen objects per record, all of which are freed by reference count when it is done. A limit below
the objects of the batches that are in work at once (several of 2,000 records) means that they are walked, found alive,
moved to the next generation and walked there again.
"""


def calm_collector() -> None:
    """Leave what has been loaded so far (model, tables, code) out of every later collection, and collect seldom.

    For a process of our own, once what it needs is loaded; cycles are still collected, later.
    """
    # First, or what is garbage now would be frozen for good.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
