// Which change of a ticket deserves attention.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deserves } from "../../../src/servicehall/channels/portal/static/portal/turns.js";

const at = (state, near = "no", call = "0") => ({ state, near, call });

test("a call deserves attention, and so does a second one", () => {
  assert.equal(deserves(at("waiting", "yes"), at("called", "no", "1")), "turn");
  assert.equal(deserves(at("called", "no", "1"), at("called", "no", "2")), "turn");
  assert.equal(deserves(at("called", "no", "1"), at("called", "no", "1")), "");
});

test("that the turn is near deserves attention once", () => {
  assert.equal(deserves(at("waiting"), at("waiting", "yes")), "near");
  assert.equal(deserves(at("waiting", "yes"), at("waiting", "yes")), "");
});

test("nothing else does", () => {
  assert.equal(deserves(at("called", "no", "1"), at("serving", "no", "1")), "");
  assert.equal(deserves(at("serving", "no", "1"), at("waiting")), "");
  assert.equal(deserves(at("waiting"), at("waiting")), "");
});
