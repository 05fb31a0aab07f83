"""Memory of a process that handles batches: when Python collects, and what the C library gives back."""

import ctypes
import gc

YOUNG = 250_000
"""Objects made and not yet freed before the youngest generation is walked; Python's own limit is 700.

A batch makes some fifteen objects per record, all of which are freed by reference count when it is done. A limit below
the objects of the batches that are in work at once (several of 2,000 records) means that they are walked, found alive,
moved to the next generation and walked there again.
"""


LARGE_BYTES = 1 << 20
"""Blocks from this size on go back to the system when they are freed.

glibc raises its limit, of 128 KiB, to the largest block that it has seen freed, and then keeps what batches of
megabytes leave behind: with two processes, 20 MB in all. Below this size giving back costs more than it saves.
"""

_M_MMAP_THRESHOLD = -3


def give_back_large_blocks() -> None:
    """Keep glibc's limit where it is said to be; without effect where the C library is another one.

    To be called before anything large is loaded.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)


def calm_collector() -> None:
    """Leave what has been loaded so far (model, tables, code) out of every later collection, and collect seldom.

    For a process of our own, once what it needs is loaded; cycles are still collected, later.
    """
    # First, or what is garbage now would be frozen for good.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
