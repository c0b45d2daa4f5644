"""One thread writes a database; callers that come together share one flush to disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, Self, TypeVar

from services.contracts.failures import Unavailable

T = TypeVar("T")

_MOST_JOBS: Final = 256
"""In one transaction: bounds how long the first caller waits for the others."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], Any]
    done: asyncio.Future[Any]


class Writer:
    """Runs jobs on *db* in the order in which they come, in transactions as large as the load.

    While one transaction is flushed the next jobs queue up, so the number of flushes a second is
    what the disk can do and not the number of callers.

    Args:
        db: A connection in autocommit mode that may be used from another thread.
        rolled_back: Called on that thread when the effects of jobs were undone, so that what is
            counted in memory can be counted again.
    """

    def __init__(
        self, db: sqlite3.Connection, rolled_back: Callable[[sqlite3.Connection], None]
    ) -> None:
        self._db, self._rolled_back = db, rolled_back
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="writer", daemon=True)
        self._loop = asyncio.get_running_loop()

    async def __aenter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Finish what was asked for, then end the thread."""
        self._queue.put(None)
        try:
            await asyncio.to_thread(self._thread.join)
        except asyncio.CancelledError:
            self._thread.join()  # whoever opened the connection closes it next
            raise

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What *work* returned, once its effect is on disk.

        Whatever *work* raises it must raise before it changes anything.  A caller that is
        cancelled meanwhile does not know whether it happened.

        Raises:
            Unavailable: the file cannot be written; nothing was kept.
        """
        job = _Job(work, self._loop.create_future())
        self._queue.put(job)
        result: T = await job.done
        return result

    def _work(self) -> None:
        ending = False
        while not ending:
            jobs, ending = self._gathered()
            if jobs:
                self._loop.call_soon_threadsafe(_tell, self._transact(jobs))

    def _gathered(self) -> tuple[list[_Job], bool]:
        jobs: list[_Job] = []
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == _MOST_JOBS:
                return jobs, False
            try:
                job = self._queue.get_nowait()
            except Empty:
                return jobs, False
        return jobs, True

    def _transact(self, jobs: Sequence[_Job]) -> list[tuple[_Job, Any, BaseException | None]]:
        """Run *jobs*; all of their effects are kept, or, when the file fails, none."""
        told: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for job in jobs:
                try:
                    told.append((job, job.work(self._db), None))
                except sqlite3.Error:
                    raise
                except Exception as refusal:  # noqa: BLE001  its caller's to know, not ours
                    told.append((job, None, refusal))
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._rolled_back(self._db)
            return [(job, None, Unavailable("database")) for job in jobs]
        return told


def _tell(results: Sequence[tuple[_Job, Any, BaseException | None]]) -> None:
    for job, result, refusal in results:
        if job.done.done():
            continue  # its caller has gone
        if refusal is None:
            job.done.set_result(result)
        else:
            job.done.set_exception(refusal)
