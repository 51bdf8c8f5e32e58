// What can be written at a place of a definition: names of the published schema, kinds of steps with what they need,
// values, steps to go on with, and what expressions may speak of. Pure; place.js says where one is.

const STEP = /^[ \t]*-[ \t]+([a-z][a-z-]*)[ \t]*:[ \t]*([a-z][a-z0-9_]*)/gm;
const FILTERS = ["money", "number", "date", "time", "masked"];
const GO = new Set(["then", "go", "failed"]);
const IN_LANGUAGES = "{en: ${}, zh-Hans: ${}}";

const resolved = (schema, node) => (node?.$ref ? resolved(schema, schema.$defs[node.$ref.replace("#/$defs/", "")]) : node);
const isText = (node) => node?.$ref === "#/$defs/text";
const isCode = (node) => typeof node?.description === "string" && node.description.includes("CEL");

/** The steps of a text: name, kind, and at which character each begins. */
export function stepsOf(text, schema) {
  const kinds = new Set(schema.$defs.steps.items.oneOf.map((one) => one.$ref.replace("#/$defs/", "")));
  const found = [...text.matchAll(STEP)].filter((one) => kinds.has(one[1]) && one[1] !== "use");
  return found.map((one) => ({ kind: one[1], name: one[2], at: one.index }));
}

/** The kinds of steps that a list's items may be, by name. */
function kindsOf(schema, node) {
  if (!node?.oneOf?.every((one) => one.$ref)) return null;
  return node.oneOf.map((one) => [one.$ref.replace("#/$defs/", ""), resolved(schema, one)]);
}

/** The part of a schema that a frame stands for, given the whole's; of several that may be, the one that fits. */
function into(schema, node, frame) {
  const kinds = kindsOf(schema, node);
  if (kinds && frame.type === "map") {
    const kind = [...frame.values.keys(), frame.key].find((name) => kinds.some(([one]) => one === name));
    return kind ? kinds.find(([one]) => one === kind)[1] : node;
  }
  if (!node?.oneOf) return node;
  const wanted = frame.type === "map" ? "object" : "array";
  return resolved(schema, node.oneOf.map((one) => resolved(schema, one)).find((one) => one?.type === wanted));
}

function part(node, frame) {
  if (frame.type === "list") return node?.items;
  if (frame.key === null) return null;
  return node?.properties?.[frame.key] ?? (typeof node?.additionalProperties === "object" ? node.additionalProperties : null);
}

/** What the schema says of a place: of the mapping it is in (at a name), or of the value (at a value). */
export function schemaAt(schema, place) {
  let node = schema;
  for (const [number, frame] of place.frames.entries()) {
    node = into(schema, resolved(schema, node), frame);
    if (number === place.frames.length - 1 && place.at === "name") return node;
    node = part(node, frame);
    if (!node) return null;
  }
  return node;
}

function kindSnippet(kind, node) {
  const lines = node.required.slice(1).map((name) => `  ${propertySnippet(name, node.properties[name], "    ")}`);
  return [`${kind}: \${name}`, ...lines].join("\n");
}

function propertySnippet(name, node, deeper) {
  if (isText(node)) return `${name}: ${IN_LANGUAGES}`;
  if (name === "fields") return `fields:\n${deeper}- {id: \${id}, type: \${text}, label: ${IN_LANGUAGES}}`;
  if (name === "options") return `options:\n${deeper}- {value: \${value}, label: ${IN_LANGUAGES}}`;
  return `${name}: \${}`;
}

/** The names that may stand there. Each: label, snippet, needed, info. */
function names(schema, node, place) {
  const kinds = kindsOf(schema, node);
  if (kinds) return kinds.map(([kind, one]) => ({ label: kind, snippet: kindSnippet(kind, one), type: "class" }));
  if (node?.type !== "object" || !node.properties) return [];
  const there = place.frames.at(-1).values;
  const inBrackets = place.frames.at(-1).indent < 0;
  return Object.entries(node.properties)
    .filter(([name]) => !there.has(name))
    .map(([name, one]) => ({
      label: name,
      snippet: inBrackets && !isText(one) ? `${name}: \${}` : propertySnippet(name, one, "  "),
      needed: node.required?.includes(name) ?? false,
      info: one.description ?? resolved(schema, one)?.description ?? "",
      type: "property",
    }));
}

/** Names that expressions may speak of at a position: of steps that come before it, never of later ones. */
function spoken(text, position, { schema, names: known }) {
  const before = new Set(stepsOf(text.slice(0, position), schema).map((one) => one.name));
  const later = new Set(stepsOf(text, schema).map((one) => one.name).filter((name) => !before.has(name)));
  const found = Object.entries(known).filter(([name]) => {
    const [owner, rest] = name.split(".");
    return !later.has(owner) && !(owner === "seen" && later.has(rest));
  });
  return found.map(([label, kind]) => ({ label, detail: kind, type: "variable" }));
}

const plain = (labels, type = "enum") => labels.map((label) => ({ label: String(label), type }));

function values(text, position, place, node, knowledge) {
  const { schema, own } = knowledge;
  const frame = place.frames.at(-1);
  const name = frame.type === "list" ? place.frames.at(-2)?.key : frame.key;
  if (GO.has(name)) return plain(stepsOf(text, schema).filter((one) => one.at > position).map((one) => one.name), "function");
  if (name === "connector") return plain(Object.keys(own.connectors));
  if (name === "operation") return plain(own.connectors[frame.values.get("connector")] ?? []);
  if (name === "service") return plain(own.queues);
  if (name === "purposes") return plain(own.purposes);
  if (isCode(node)) return spoken(text, position, knowledge);
  const found = resolved(schema, node);
  if (found?.enum) return plain(found.enum);
  if (found?.type === "boolean") return plain(["true", "false"]);
  return [];
}

/** The hole of a text, "${…", that is open at the end of what is written. */
function holeOf(word) {
  const at = word.lastIndexOf("${");
  if (at < 0) return null;
  const inner = word.slice(at + 2);
  return inner.includes("}") ? null : inner;
}

/**
 * What can be written at a position: {from, options}, or null.
 *
 * knowledge: {schema, own: {connectors, queues, purposes}, names: {name: kind}}
 */
export function completeAt(text, position, place, knowledge) {
  if (!place?.frames.length) return null;
  const node = schemaAt(knowledge.schema, place);
  if (place.at === "name") {
    const options = names(knowledge.schema, node, place);
    return options.length ? { from: position - place.word.length, options } : null;
  }
  const hole = holeOf(place.word);
  if (hole !== null) {
    const filter = /\|\s*(\w*)$/.exec(hole);
    if (filter) return { from: position - filter[1].length, options: plain(FILTERS) };
    return { from: position - /[\w.]*$/.exec(hole)[0].length, options: spoken(text, position, knowledge) };
  }
  const options = values(text, position, place, node, knowledge);
  if (!options.length) return null;
  return { from: position - /[\w.-]*$/.exec(place.word)[0].length, options };
}
