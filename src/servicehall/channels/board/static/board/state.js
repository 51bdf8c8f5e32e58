// What the board knows: a snapshot, and what each live event makes of it. Pure: returns new objects.
// Calls and counters follow from events alone; who waits, and how long, comes with the next snapshot.

const MOST_CALLS = 12;
const SPOKEN = new Set(["ticket.called", "ticket.recalled"]);
// The state of a ticket after an event at its counter.
const AFTER = {
  "ticket.called": "called",
  "ticket.recalled": "called",
  "ticket.started": "serving",
  "ticket.resumed": "serving",
  "ticket.held": "held",
  "ticket.finished": "done",
  "ticket.no-show": "no_show",
  "ticket.cancelled": "cancelled",
  "ticket.expired": "expired",
  "ticket.merged": "merged",
};
// The ticket waits again: its call is history.
const CALL_GONE = new Set(["ticket.requeued", "ticket.transferred", "ticket.advanced"]);
const COUNTERS = { "counter.opened": "open", "counter.paused": "paused", "counter.closed": "closed" };
// After these the event alone does not say what is true now.
const REREAD_NOW = new Set(["ticket.undone", "setup.changed", "reset"]);

/**
 * The snapshot after the event. An event that the snapshot already holds changes nothing.
 * @param {object} snapshot  as `/board/<site>/state` gives it
 * @param {{seq: number, kind: string, at: string}} event
 */
export function apply(snapshot, event) {
  if (!(event.seq > snapshot.seq)) return snapshot;
  const known = { ...snapshot, seq: event.seq, at: event.at ?? snapshot.at };
  if (!event.kind.startsWith("ticket.")) return { ...known, counters: countersAfter(known.counters, event) };
  return {
    ...known,
    ...waitingAfter(known, event),
    calls: callsAfter(known, event),
    counters: numbersAfter(known.counters, event),
  };
}

/** The call that the event announces on this board, or null: another kind, or another zone's. */
export function callOf(snapshot, event) {
  if (!SPOKEN.has(event.kind) || !isHere(snapshot, event)) return null;
  const counter = snapshot.counters.find((c) => c.id === event.counter);
  const service = snapshot.services.find((s) => s.id === event.service);
  const before = snapshot.calls.find((c) => c.number === event.number);
  return {
    number: event.number,
    counter: event.counter,
    counter_label: event.counter_label,
    counter_names: counter?.names ?? {},
    service: event.service,
    service_names: service?.names ?? before?.service_names ?? {},
    zone: event.zone ?? null,
    // A call keeps its moment when it is repeated.
    called_at: event.kind === "ticket.recalled" && before ? before.called_at : event.at,
    heard_at: event.at,
    call: event.call ?? 1,
    state: "called",
    seq: event.seq,
  };
}

/** What tells one call (and each repetition) from every other, in events and snapshots alike. */
export function keyOf(call) {
  return `${call.number} ${Date.parse(call.called_at)} ${call.call}`;
}

/**
 * The calls and repetitions that happened between two snapshots, oldest first, with the seconds since.
 */
export function missed(before, after) {
  const known = new Map(before.calls.map((call) => [call.number, call]));
  return [...after.calls].reverse().flatMap((call) => {
    const old = known.get(call.number);
    const same = old && Date.parse(old.called_at) === Date.parse(call.called_at);
    if (call.state !== "called" || (same && old.call >= call.call)) return [];
    return [{ call, age: seconds(heardAt(call), after.at) }];
  });
}

/** When the call was last heard in the hall: when it was made, or repeated. */
export function heardAt(call) {
  return call.heard_at ?? call.called_at;
}

/** When the snapshot should be read again after this event: "now", "soon" or "" (not at all). */
export function reread(event) {
  if (REREAD_NOW.has(event.kind)) return "now";
  return /^(ticket|counter|service|queue)\./.test(event.kind) ? "soon" : "";
}

function seconds(from, to) {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}

function isHere(snapshot, event) {
  return !snapshot.zone || event.zone === snapshot.zone.id;
}

function callsAfter(snapshot, event) {
  const others = snapshot.calls.filter((c) => c.number !== event.number);
  const gone = CALL_GONE.has(event.kind) || (event.kind === "ticket.undone" && event.state === "waiting");
  if (gone) return others;
  if (SPOKEN.has(event.kind)) {
    const call = callOf(snapshot, event);
    return call ? [call, ...others].slice(0, MOST_CALLS) : others;
  }
  const state = event.kind === "ticket.undone" ? event.state : AFTER[event.kind];
  if (!state || others.length === snapshot.calls.length) return snapshot.calls;
  const moved = event.kind === "ticket.resumed";
  if (moved && !isHere(snapshot, event)) return others;
  return snapshot.calls.map((c) => {
    if (c.number !== event.number) return c;
    const there = moved ? placeOf(snapshot, event) : {};
    return { ...c, ...there, state, call: event.call ?? c.call };
  });
}

function placeOf(snapshot, event) {
  const counter = snapshot.counters.find((c) => c.id === event.counter);
  return {
    counter: event.counter,
    counter_label: event.counter_label,
    counter_names: counter?.names ?? {},
    zone: event.zone ?? null,
  };
}

function waitingAfter(snapshot, event) {
  if (event.kind !== "ticket.called") return {};
  const waiting = snapshot.waiting.filter((w) => w.number !== event.number);
  const left = snapshot.waiting.length - waiting.length;
  return { waiting, waiting_count: Math.max(0, snapshot.waiting_count - left) };
}

function countersAfter(counters, event) {
  const state = COUNTERS[event.kind];
  return state ? counters.map((c) => (c.id === event.counter ? { ...c, state } : c)) : counters;
}

function numbersAfter(counters, event) {
  const state = event.kind === "ticket.undone" ? event.state : AFTER[event.kind];
  const there = state === "called" || state === "serving";
  if (!there && !state && !CALL_GONE.has(event.kind)) return counters;
  return counters.map((c) => {
    if (there && c.id === event.counter) return { ...c, number: event.number };
    return c.number === event.number ? { ...c, number: null } : c;
  });
}
