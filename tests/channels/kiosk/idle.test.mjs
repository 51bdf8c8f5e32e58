// The watch over a screen that is left alone: when it warns, what extends it, when it begins anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import { IdleWatch, LEAST_WARNING } from "../../../src/servicehall/channels/kiosk/static/kiosk/idle.js";

function watch(options = {}) {
  const told = [];
  const clock = { at: 1_000_000 };
  const idle = new IdleWatch({
    warning: 25,
    now: () => clock.at,
    onWarn: () => told.push("warn"),
    onLeft: (seconds) => told.push(seconds),
    onMore: () => told.push("more"),
    onReset: () => told.push("reset"),
    ...options,
  });
  /** Let time pass as a page does: four looks a second. */
  const pass = (seconds) => {
    for (let n = 0; n < seconds * 4; n += 1) {
      clock.at += 250;
      idle.tick();
    }
  };
  return { idle, told, clock, pass };
}

test("nothing happens before the screen was quiet for its time", () => {
  const { idle, told, pass } = watch();
  idle.watch(40);
  pass(39);
  assert.deepEqual(told, []);
  pass(1);
  assert.deepEqual(told, ["warn", 25]);
});

test("the warning counts every second down and then begins anew, once", () => {
  const { idle, told, pass } = watch();
  idle.watch(40);
  pass(40 + 25 + 60);
  assert.deepEqual(told, ["warn", ...Array.from({ length: 25 }, (_, n) => 25 - n), "reset"]);
});

test("a warning is never shorter than twenty seconds", () => {
  assert.ok(LEAST_WARNING >= 20);
  const { idle, told, pass } = watch({ warning: 3 });
  idle.watch(10);
  pass(10 + 19);
  assert.equal(told.includes("reset"), false);
});

test("a touch before the warning starts the time again", () => {
  const { idle, told, pass } = watch();
  idle.watch(40);
  for (let n = 0; n < 10; n += 1) {
    pass(39);
    idle.touch();
  }
  assert.deepEqual(told, []);
});

test("one touch during the warning gives the whole time again, as often as one likes", () => {
  const { idle, told, pass } = watch();
  idle.watch(40);
  for (let n = 1; n <= 12; n += 1) {
    pass(40 + 20);
    idle.touch();
    assert.equal(idle.extended, n);
  }
  assert.equal(told.filter((word) => word === "more").length, 12);
  assert.equal(told.includes("reset"), false);
  pass(39);
  assert.equal(told.at(-1), "more");
});

test("a machine that slept still shows the whole warning", () => {
  const { idle, told, clock, pass } = watch();
  idle.watch(40);
  clock.at += 3_600_000;
  pass(0.25);
  assert.deepEqual(told, ["warn", 25]);
  pass(24);
  assert.equal(told.includes("reset"), false);
  pass(1);
  assert.equal(told.at(-1), "reset");
});

test("the first screen begins anew without a word", () => {
  const { idle, told, pass } = watch();
  idle.watch(60, { warn: false });
  pass(60);
  assert.deepEqual(told, ["reset"]);
});

test("a watch that was stopped stays still", () => {
  const { idle, told, pass } = watch();
  idle.watch(40);
  pass(45);
  idle.stop();
  pass(100);
  idle.touch();
  assert.equal(told.includes("reset"), false);
});

test("a new screen has its own time", () => {
  const { idle, told, pass } = watch();
  idle.watch(40);
  pass(45);
  idle.watch(25);
  pass(24);
  assert.equal(told.filter((word) => word === "warn").length, 1);
  pass(1);
  assert.equal(told.filter((word) => word === "warn").length, 2);
});
