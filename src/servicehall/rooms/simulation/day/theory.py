"""What queueing theory says of halls simple enough for it. Pure; rates are per hour, times in hours.

* M/M/c (Poisson arrivals, exponential service, c counters, nobody leaves): Erlang's delay formula. A. K. Erlang (1917),
  "Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges"; Gross,
  Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th edition, section 2.3.
* M/M/c+M (whoever waits leaves after an exponential time): C. Palm (1957), "Research on telephone traffic carried by full
  availability groups", Tele 1; A. Mandelbaum, S. Zeltyn (2007), "Service engineering in action: the Palm/Erlang-A queue,
  with applications to call centers", in Advances in Services Innovations, Springer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """Share that has to wait, mean time in the queue of all who come (hours), share that leaves, use of the counters."""

    waits: float
    time_in_queue: float
    abandonment: float
    use: float


def erlang_c(arrivals: float, service: float, counters: int) -> Expected:
    """M/M/c: ``arrivals`` and ``service`` (of one counter) per hour.

    Raises:
        ValueError: more come than can be served; the queue would grow for ever.
    """
    load = arrivals / service
    use = load / counters
    if use >= 1:
        raise ValueError("the load must be less than the counters")
    blocked = 1.0  # Erlang's loss formula by its recursion over the counters
    for n in range(1, counters + 1):
        blocked = load * blocked / (n + load * blocked)
    waits = blocked / (1 - use * (1 - blocked))
    return Expected(waits, waits / (counters * service - arrivals), 0.0, use)


def erlang_a(arrivals: float, service: float, counters: int, leaving: float) -> Expected:
    """M/M/c+M: whoever waits leaves at the rate ``leaving`` (one over the mean patience) per hour.

    From the stationary distribution of the birth and death process that counts the people in the hall; by Little's law
    the time in the queue is its mean length over the arrivals, and leaving is ``leaving`` times the length over them.
    """
    weight, total, waiting, length, at_work = 1.0, 1.0, 0.0, 0.0, 0.0
    if counters == 0:
        waiting = 1.0
    n = 0
    while n < counters or weight > total * 1e-15:
        n += 1
        weight *= arrivals / (min(n, counters) * service + max(0, n - counters) * leaving)
        total += weight
        at_work += min(n, counters) * weight
        if n >= counters:
            waiting += weight
            length += (n - counters) * weight
    length /= total
    return Expected(
        waiting / total, length / arrivals, leaving * length / arrivals, at_work / total / max(1, counters)
    )
