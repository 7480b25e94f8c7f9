"""Seeds with real processes and real kills, and two instances that work at the same moment."""

from __future__ import annotations

import copy
from typing import Any

from tests.simulation.model import Model, Op, Refused
from tests.simulation.processes import Process, processes
from tests.simulation.simulate import Arena, Report, Run
from tests.simulation.test_simulation import arena

__all__ = ["arena"]

SEEDS = 5  # for each engine


def test_processes_killed_before_during_and_after_commit(arena: Arena) -> None:
    total, kills = Report(0), 0
    for seed in range(SEEDS):
        with arena.fresh_for_processes(), processes(arena) as started:
            total.add(Run(seed, arena).go())
            kills += sum(each.kills for each in started)
    assert kills >= 2 * SEEDS
    assert {"killed, before commit", "killed, after commit"} <= set(total.struck)
    assert total.struck["(recorded all the same)"]


def test_two_instances_at_the_same_moment(arena: Arena) -> None:
    """Whatever both answer, one after the other explains it: one book, one order."""
    with arena.fresh_for_processes(), processes(arena, lock_seconds=30) as (one, other):
        run = Run(1, arena)
        for number in range(25):
            run.model.now = run.clock()
            together(run, number, one, other)
        run.proven("at the end")


def together(run: Run, number: int, one: Process, other: Process) -> None:
    ops = [run.draw_op(), run.draw_op()]
    if ops[0] == ops[1] or not run.model.sessions:
        ops = ops[:1]  # two sessions would get the same number
    keys = [f"both-{number:04}-{each}" for each in range(len(ops))]
    built = [run.world.build(key, op) for key, op in zip(keys, ops, strict=True)]
    for process, command in zip((one, other), built, strict=False):
        process.send(command)
    answers = [process.answer().plain for process, _ in zip((one, other), built, strict=False)]
    state = run.world.state()
    for order in ([0, 1], [1, 0]):
        model = copy.deepcopy(run.model)
        said = {each: outcome(model, keys[each], ops[each]) for each in order if each < len(ops)}
        if [said.get(each) for each in range(len(ops))] == answers and model.state() == state:
            run.model = model
            return
    raise AssertionError(f"no order explains {list(zip(ops, answers, strict=True))}")


def outcome(model: Model, key: str, op: Op) -> Any:
    try:
        return model.carry_out(key, op)
    except Refused as refused:
        return refused.codes
