// Which services fit the letters that were typed, and how many tiles a page holds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { capacity, fits } from "../../../src/servicehall/channels/kiosk/static/kiosk/services.js";

const gifts = { words: "gift cards gc", initials: "l p k" };
const bank = { words: "bank cards and passwords bcap", initials: "y xh k y m m" };

test("no letters fit everything", () => {
  assert.equal(fits(gifts, ""), true);
  assert.equal(fits({}, ""), true);
});

test("the beginning of any word fits, and the words' initials", () => {
  for (const typed of ["g", "gif", "c", "card", "gc"]) assert.equal(fits(gifts, typed), true, typed);
  for (const typed of ["ift", "gcx", "cards2", "z"]) assert.equal(fits(gifts, typed), false, typed);
});

test("pinyin initials fit from any character on, in a row", () => {
  for (const typed of ["l", "lp", "lpk", "pk", "k"]) assert.equal(fits(gifts, typed), true, typed);
  for (const typed of ["lk", "kp", "lpkx"]) assert.equal(fits(gifts, typed), false, typed);
});

test("a character with two readings fits by both", () => {
  assert.equal(fits(bank, "yh"), true);
  assert.equal(fits(bank, "yx"), true);
  assert.equal(fits(bank, "yz"), false);
});

test("a character of unknown reading stands in nobody's way", () => {
  assert.equal(fits({ words: "", initials: "l ? k" }, "lak"), true);
});

test("a page holds whole rows only, and never nothing", () => {
  assert.equal(capacity({ height: 1000, gap: 40, row: 220, columns: 2 }), 8);
  assert.equal(capacity({ height: 999, gap: 40, row: 220, columns: 2 }), 6);
  assert.equal(capacity({ height: 100, gap: 40, row: 220, columns: 2 }), 1);
});
