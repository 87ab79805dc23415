"""Running the same thing many times at once, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def race(runners: int, run: Callable[[int], Any]) -> list[Any]:
    """What `run(number)` gave each runner, or the class of what it raised; all start at one moment."""
    outcomes: list[Any] = [None] * runners
    gate = threading.Barrier(runners)

    def start(number: int) -> None:
        try:
            gate.wait()
            outcomes[number] = run(number)
        except Exception as error:
            outcomes[number] = type(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=start, args=[number]) for number in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
