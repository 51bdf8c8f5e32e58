// Where a place in a definition stands, and what is offered there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { completeAt, stepsOf } from "../../../src/servicehall/channels/ops/static/ops/editor/completion.js";
import { placeAt } from "../../../src/servicehall/channels/ops/static/ops/editor/place.js";

const schema = JSON.parse(process.env.SCHEMA);
const own = { connectors: { shop: ["buy", "stock"] }, queues: ["returns"], purposes: ["serve"] };
const names = { "contact.phone": "text", "later.size": "whole", "seen.contact": "truth", "seen.later": "truth", "given.channel": "text" };
const BASE = `flow: a
name: {en: A, zh-Hans: 甲}
category: b
channels: [kiosk]
steps:
  - form: contact
    title: {en: Hello, zh-Hans: 您好}
    fields:
      - {id: phone, type: phone, label: {en: P, zh-Hans: 话}}
`;

/** What is offered where "▲" stands in a text. */
function offered(text) {
  const position = text.indexOf("▲");
  const whole = text.replace("▲", "");
  const found = completeAt(whole, position, placeAt(whole, position), { schema, own, names });
  return found && { ...found, labels: found.options.map((one) => one.label), before: whole.slice(found.from, position) };
}

test("at the beginning of a line the definition's own names are offered, those that stand there already not again", () => {
  const found = offered(`flow: a\nna▲`);
  assert.ok(found.labels.includes("name") && found.labels.includes("steps"));
  assert.ok(!found.labels.includes("flow"));
  assert.equal(found.before, "na");
});

test("after a dash the kinds of steps are offered, with what each needs", () => {
  const found = offered(`${BASE}  - ▲`);
  assert.deepEqual(found.labels.slice(0, 3), ["inform", "form", "choose"]);
  const form = found.options.find((one) => one.label === "form");
  assert.match(form.snippet, /^form: \$\{name\}\n {2}title: \{en: .*\n {2}fields:\n {4}- \{id:/);
});

test("within a step the names of its kind are offered", () => {
  const found = offered(`${BASE}  - pay: fee\n    am▲`);
  assert.ok(found.labels.includes("amount") && found.labels.includes("for"));
  assert.ok(!found.labels.includes("fields") && !found.labels.includes("pay"));
  assert.ok(found.options.find((one) => one.label === "amount").needed);
});

test("a field's names and types are offered, in lines and in brackets", () => {
  assert.ok(offered(BASE.replace("type: phone", "type: ▲")).labels.includes("id-number"));
  assert.ok(offered(BASE.replace(", type: phone", ", ▲")).labels.includes("optional"));
  assert.ok(offered(`${BASE}      - id: x\n        ▲`).labels.includes("pattern"));
  assert.ok(offered(`${BASE}      - id: x\n        type: da▲`).labels.includes("date"));
  assert.ok(offered(`${BASE}      - {id: x,\n         type: ▲`).labels.includes("whole"));
});

test("values of lists and of truths are offered", () => {
  assert.deepEqual(offered("flow: a\nchannels: [kiosk, ▲").labels, ["kiosk", "phone", "desk"]);
  assert.deepEqual(offered(`${BASE.replace(", label:", ", optional: ▲, label:")}`).labels, ["true", "false"]);
});

test("expressions are offered what is known by then and nothing of later steps", () => {
  const later = "\n  - form: later\n    title: x\n";
  const found = offered(`${BASE}  - end: done\n    when: cont▲${later}`);
  assert.deepEqual(found.labels, ["contact.phone", "seen.contact", "given.channel"]);
  assert.equal(found.before, "cont");
});

test("holes of texts are offered names, and after a bar how a value is written", () => {
  assert.ok(offered(`${BASE}  - end: done\n    title: {en: "Hi \${contact.▲", zh-Hans: x}`).labels.includes("contact.phone"));
  assert.deepEqual(offered(`${BASE}  - end: done\n    title: {en: "\${contact.phone | ma▲`).labels.at(-1), "masked");
  assert.ok(offered(`${BASE}  - end: done\n    text: |\n      Hello \${con▲`).labels.includes("contact.phone"));
});

test("steps to go on with, connectors, operations, queues and purposes are offered by their names", () => {
  const more = "\n  - end: done\n  - end: over\n";
  assert.deepEqual(offered(`${BASE}    then: ▲${more}`).labels, ["done", "over"]);
  assert.deepEqual(offered(`${BASE}    then:\n      - {when: x, go: ▲${more}`).labels, ["done", "over"]);
  assert.deepEqual(offered(`${BASE}  - call: it\n    connector: ▲`).labels, ["shop"]);
  assert.deepEqual(offered(`${BASE}  - call: it\n    connector: shop\n    operation: ▲`).labels, ["buy", "stock"]);
  assert.deepEqual(offered(`${BASE}  - ticket: it\n    service: ▲`).labels, ["returns"]);
  assert.deepEqual(offered("flow: a\npurposes: [▲").labels, ["serve"]);
});

test("nothing is offered in comments and in words for people", () => {
  assert.equal(offered(`${BASE}  # no ▲`), null);
  assert.equal(offered(`${BASE}  - end: done\n    title: {en: Go▲`), null);
});

test("steps are found by kind and name", () => {
  assert.deepEqual(stepsOf(BASE, schema), [{ kind: "form", name: "contact", at: BASE.indexOf("  - form") }]);
});
