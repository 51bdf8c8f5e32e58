// The announcer alone: order, repeats, merging, outages and the count that proves nothing was lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer, complete } from "../../../src/servicehall/channels/board/static/board/announcer.js";

const call = (n, more = {}) => ({ key: `A${n}`, number: `A${n}`, counter: "c1", ...more });
const X = (nth, more = {}) => call("X", { key: `X ${nth}`, number: "X", ...more });

/** An announcer whose sounds end when the test says so (or at once). */
function hall({ languages = ["zh-Hans", "en"], held = false, broken = () => null, ...options } = {}) {
  const said = [];
  const ends = [];
  let overlap = 0;
  const play = async (step) => {
    overlap += 1;
    assert.equal(overlap, 1, "two sounds at once");
    const fault = broken(step);
    if (!fault) said.push(step.kind === "chime" ? `${step.call.number} chime` : `${step.call.number} ${step.language}`);
    if (held) await new Promise((resolve) => ends.push(resolve));
    overlap -= 1;
    if (fault) throw fault;
  };
  const announcer = new Announcer({ play, languages, wait: async () => {}, ...options });
  return { announcer, said, end: async () => { ends.shift()(); await rest(); } };
}

const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

test("a call is a chime and then each language, as often as configured", async () => {
  const { announcer, said } = hall({ repeat: 2 });
  announcer.push(call(1));
  await rest();
  assert.deepEqual(said, ["A1 chime", "A1 zh-Hans", "A1 en", "A1 zh-Hans", "A1 en"]);
  assert.deepEqual(announcer.history, [{ key: "A1", number: "A1", played: 5, planned: 5 }]);
});

test("fifty calls at once sound one after another, in order, none swallowed", async () => {
  const { announcer, said } = hall({ languages: ["en"] });
  for (let seq = 1; seq <= 50; seq += 1) announcer.push(call(seq));
  await rest();
  assert.deepEqual(said.filter((s) => s.endsWith("en")), Array.from({ length: 50 }, (_, i) => `A${i + 1} en`));
  assert.equal(announcer.counts.announced, 50);
  assert.ok(complete(announcer.counts));
});

test("a recall before the first announcement is one announcement with the newest counter", async () => {
  const { announcer, said, end } = hall({ languages: ["en"], held: true });
  announcer.push(call(1));
  announcer.push(X(1));
  announcer.push(call(3));
  announcer.push(X(2, { counter: "c9" }));
  assert.deepEqual(announcer.waiting.map((c) => [c.key, c.counter]), [["X 2", "c9"], ["A3", "c1"]]);
  for (let i = 0; i < 6; i += 1) await end();
  assert.deepEqual(said, ["A1 chime", "A1 en", "X chime", "X en", "A3 chime", "A3 en"]);
  assert.equal(announcer.counts.merged, 1);
  assert.ok(complete(announcer.counts));
});

test("a recall while the call is sounding, or after it, is announced again", async () => {
  const { announcer, said, end } = hall({ languages: ["en"], held: true });
  announcer.push(X(1));
  announcer.push(X(2));
  await end();
  await end();
  await end();
  await end();
  announcer.push(X(3));
  await end();
  await end();
  assert.deepEqual(said, ["X chime", "X en", "X chime", "X en", "X chime", "X en"]);
});

test("a call that was taken back is not spoken any more", async () => {
  const { announcer, said, end } = hall({ languages: ["en"], held: true });
  announcer.push(call(1));
  announcer.push(call(2));
  announcer.push(call(3));
  announcer.withdraw("A2");
  announcer.withdraw("A1");
  for (let i = 0; i < 4; i += 1) await end();
  assert.deepEqual(said, ["A1 chime", "A1 en", "A3 chime", "A3 en"]);
  assert.deepEqual([announcer.counts.withdrawn, announcer.counts.announced], [1, 2]);
  assert.ok(complete(announcer.counts));
});

test("an event that comes twice is spoken once", async () => {
  const { announcer, said } = hall({ languages: ["en"] });
  announcer.push(call(7));
  announcer.push(call(7));
  announcer.catchUp(call(7), 1);
  await rest();
  assert.deepEqual(said, ["A7 chime", "A7 en"]);
  assert.equal(announcer.counts.duplicates, 1);
  assert.ok(complete(announcer.counts));
});

test("after an outage young calls are spoken, oldest first, and old ones only counted", async () => {
  const { announcer, said } = hall({ languages: ["en"], maxAge: 30 });
  announcer.push(call(3));
  await rest();
  for (const [n, age] of [[4, 600], [5, 31], [3, 3], [8, 29], [9, 2]]) announcer.catchUp(call(n), age);
  await rest();
  assert.deepEqual(said.filter((s) => s.endsWith("en")), ["A3 en", "A8 en", "A9 en"]);
  assert.equal(announcer.counts.tooOld, 2);
  assert.ok(complete(announcer.counts));
});

test("a screen that was loaded again does not repeat what it had spoken", async () => {
  const { announcer, said } = hall({ languages: ["en"] });
  announcer.know(["A8"]);
  announcer.catchUp(call(8), 5);
  announcer.catchUp(call(9), 1);
  await rest();
  assert.deepEqual(said, ["A9 chime", "A9 en"]);
});

test("without a touch the browser refuses sound: the call waits and is spoken after it", async () => {
  const refusal = Object.assign(new Error("play() needs a gesture"), { name: "NotAllowedError" });
  let touched = false;
  const { announcer, said } = hall({ languages: ["en"], broken: () => (touched ? null : refusal) });
  announcer.push(call(1));
  announcer.push(call(2));
  await rest();
  assert.ok(announcer.locked);
  assert.deepEqual(said, []);
  assert.equal(announcer.counts.waiting, 2);
  touched = true;
  announcer.unlock((c) => (c.number === "A1" ? 99 : 3));
  await rest();
  assert.deepEqual(said, ["A2 chime", "A2 en"]);
  assert.deepEqual([announcer.counts.announced, announcer.counts.tooOld], [1, 1]);
  assert.ok(complete(announcer.counts));
});

test("sound switched off in the middle lets the current announcement end", async () => {
  const { announcer, said, end } = hall({ languages: ["en"], held: true });
  announcer.push(call(1));
  announcer.push(call(2));
  announcer.lock();
  await end();
  await end();
  assert.deepEqual(said, ["A1 chime", "A1 en"]);
  announcer.unlock();
  await end();
  await end();
  assert.equal(announcer.counts.announced, 2);
});

test("a voice that fails leaves the chime; a call with no sound at all is counted as failed", async () => {
  const { announcer, said } = hall({
    broken: (step) => (step.kind === "speech" || step.call.number === "A2" ? new Error("503") : null),
  });
  announcer.push(call(1));
  announcer.push(call(2));
  announcer.push(call(3));
  await rest();
  assert.deepEqual(said, ["A1 chime", "A3 chime"]);
  assert.deepEqual([announcer.counts.announced, announcer.counts.failed], [2, 1]);
  assert.ok(complete(announcer.counts));
});

test("when many wait and the hall asked for it, each is spoken once", async () => {
  const { announcer, said, end } = hall({ languages: ["en"], repeat: 2, hurryFrom: 2, held: true });
  for (const seq of [1, 2, 3, 4]) announcer.push(call(seq));
  for (let i = 0; i < 12; i += 1) if (announcer.current) await end();
  const rounds = (seq) => said.filter((s) => s === `A${seq} en`).length;
  assert.deepEqual([1, 2, 3, 4].map(rounds), [2, 1, 2, 2]);
  assert.equal(announcer.counts.announced, 4);
});
