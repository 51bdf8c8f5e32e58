// Figures in words, in several languages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Words, inLanguages, moment } from "../../../src/servicehall/channels/board/static/board/words.js";

const words = new Words({
  "zh-Hans": { nobody: "无需等候", atOnce: "即到即办", under: "不到 {high} 分钟", between: "约 {low} 到 {high} 分钟", hours: "约 {low} 到 {n} 小时" },
  en: {
    nobody: "no wait",
    noCounter: "no counter open",
    atOnce: "almost no wait",
    under: "less than {high} minutes",
    between: "about {low} to {high} minutes",
    hours: "about {low} to {n} hours",
    waiting: { one: "{n} person", other: "{n} people" },
  },
});

test("the plural form is the language's own", () => {
  assert.equal(words.say("en", "waiting", { n: 1 }), "1 person");
  assert.equal(words.say("en", "waiting", { n: 2 }), "2 people");
});

test("a wait is said as a band of whole fives, never as one number", () => {
  const ranges = [[0, 1], [0, 3], [2, 5], [4, 7], [5, 12], [10, 10], [31, 44], [80, 130], [120, 120]];
  assert.deepEqual(
    ranges.map((range) => words.wait("en", 3, range)),
    [
      "almost no wait",
      "less than 5 minutes",
      "less than 5 minutes",
      "less than 10 minutes",
      "about 5 to 15 minutes",
      "about 5 to 10 minutes",
      "about 30 to 45 minutes",
      "about 1 to 3 hours",
      "about 1 to 2 hours",
    ],
  );
  assert.equal(words.wait("zh-Hans", 3, [5, 12]), "约 5 到 15 分钟");
});

test("nothing is promised while no counter serves", () => {
  assert.equal(words.wait("en", 3, null), "no counter open");
  assert.equal(words.wait("en", 0, null), "no counter open");
  assert.equal(words.wait("en", 0, [0, 1]), "no wait");
});

test("equal texts are shown once, and any text is better than none", () => {
  assert.deepEqual(inLanguages({ "zh-Hans": "VIP", en: "VIP" }, ["zh-Hans", "en"]), [["zh-Hans", "VIP"]]);
  assert.deepEqual(inLanguages({ ja: "窓口" }, ["zh-Hans", "en"]), [["ja", "窓口"]]);
  assert.deepEqual(inLanguages({}, ["en"]), []);
});

test("the clock is the hall's, wherever the player stands", () => {
  const at = Date.parse("2026-11-20T16:30:00Z");
  assert.equal(moment(at, "en", "Asia/Shanghai").time, "00:30");
  assert.match(moment(at, "zh-Hans", "Asia/Shanghai").date, /11月21日/);
  assert.match(moment(at, "en", "Asia/Shanghai").date, /Saturday/);
});
