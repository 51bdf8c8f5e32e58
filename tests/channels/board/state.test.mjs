// The reducer alone: what events the board listens to, and what a gap between two snapshots means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, callOf, keyOf, missed, reread } from "../../../src/servicehall/channels/board/static/board/state.js";

const AT = "2026-11-20T09:00:00Z";
const later = (seconds) => new Date(Date.parse(AT) + seconds * 1000).toISOString();
const board = (more = {}) => ({
  zone: null,
  seq: 10,
  at: AT,
  calls: [],
  waiting: [{ number: "A001" }, { number: "A002" }],
  waiting_count: 50,
  services: [{ id: "s1", names: { en: "General" } }],
  counters: [
    { id: "c1", label: "1", names: { en: "Counter 1" }, zone: "z1", state: "open", number: null },
    { id: "c2", label: "2", names: { en: "Counter 2" }, zone: "z1", state: "open", number: null },
  ],
  ...more,
});
const called = (seq, number = "A001", more = {}) => ({
  seq,
  kind: "ticket.called",
  at: later(seq),
  number,
  service: "s1",
  counter: "c1",
  counter_label: "1",
  zone: "z1",
  call: 1,
  ...more,
});

test("a call stands first, leaves the waiting and occupies its counter", () => {
  const after = apply(board(), called(11));
  assert.equal(after.calls[0].number, "A001");
  assert.deepEqual(after.calls[0].counter_names, { en: "Counter 1" });
  assert.deepEqual(after.calls[0].service_names, { en: "General" });
  assert.deepEqual(after.waiting, [{ number: "A002" }]);
  assert.equal(after.waiting_count, 49);
  assert.equal(after.counters[0].number, "A001");
  assert.equal(after.seq, 11);
});

test("a call of somebody beyond the forty listed does not change their number", () => {
  assert.equal(apply(board(), called(11, "Z900")).waiting_count, 50);
});

test("an event that the snapshot holds, or without a number, changes nothing", () => {
  const before = board();
  assert.equal(apply(before, called(10)), before);
  assert.equal(apply(before, { kind: "queue.moved" }), before);
});

test("another zone's call is neither shown nor spoken, but ends what was here", () => {
  const zone = board({ zone: { id: "z1" } });
  const here = apply(zone, called(11));
  assert.equal(callOf(zone, called(12, "A001", { zone: "z2" })), null);
  assert.deepEqual(apply(here, called(12, "A001", { zone: "z2", counter: "c9" })).calls, []);
});

test("a recall is the latest call, keeps the moment of the first, and is another call to speak", () => {
  let state = apply(apply(board(), called(11)), called(12, "A002", { counter: "c2" }));
  const again = called(13, "A001", { kind: "ticket.recalled", call: 2 });
  const spoken = callOf(state, again);
  assert.notEqual(keyOf(spoken), keyOf(state.calls[1]));
  state = apply(state, again);
  assert.deepEqual(state.calls.map((c) => [c.number, c.call]), [["A001", 2], ["A002", 1]]);
  assert.equal(keyOf(spoken), keyOf(state.calls[0]));
  assert.notEqual(state.calls[0].heard_at, state.calls[0].called_at);
});

test("twelve calls are kept", () => {
  let state = board();
  for (let n = 11; n < 40; n += 1) state = apply(state, called(n, `A${n}`));
  assert.equal(state.calls.length, 12);
  assert.equal(state.calls[0].number, "A39");
});

test("the same moment written in two ways is the same call", () => {
  const one = { number: "A1", called_at: "2026-11-20T09:00:00Z", call: 1 };
  const two = { number: "A1", called_at: "2026-11-20T17:00:00.000000+08:00", call: 1 };
  assert.equal(keyOf(one), keyOf(two));
});

test("between two snapshots the new calls are found, oldest first, with their age", () => {
  const row = (number, at, call = 1, state = "called") => ({ number, called_at: at, call, state });
  const before = board({ calls: [row("A1", later(-60)), row("A2", later(-90))] });
  const after = board({
    at: later(100),
    calls: [row("A5", later(95)), row("A4", later(90), 1, "serving"), row("A3", later(10)), { ...row("A1", later(-60), 2), heard_at: later(70) }],
  });
  assert.deepEqual(
    missed(before, after).map(({ call, age }) => [call.number, age]),
    [["A1", 30], ["A3", 90], ["A5", 5]],
  );
});

test("what the event alone does not tell is read again", () => {
  assert.equal(reread({ kind: "ticket.undone" }), "now");
  assert.equal(reread({ kind: "setup.changed" }), "now");
  assert.equal(reread({ kind: "ticket.issued" }), "soon");
  assert.equal(reread({ kind: "ping" }), "");
});
