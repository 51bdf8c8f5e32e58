// Where a place in a YAML text stands: in which names and lists, and whether a name or a value is being written there.
// Pure, and forgiving: a text is mostly unfinished while it is written. Not here: what could be written (completion.js).

const KEY = /^("[^"]*"|'[^']*'|[A-Za-z_][\w-]*)\s*:(?=\s|$)/;
const BLOCK_TEXT = /:\s+[|>][+-]?\d*\s*(#.*)?$/;

const bare = (word) => word.trim().replace(/^(["'])(.*)\1$/, "$2");

/** One mapping or list around a place. `key` is the name (or number) of the part that one is in. */
const mapping = (indent) => ({ type: "map", indent, key: null, values: new Map() });
const list = (indent) => ({ type: "list", indent, key: 0 });

class Walk {
  constructor() {
    this.frames = [];
    this.text = null; // the indentation of the name whose block of text one is in
  }

  get top() {
    return this.frames.at(-1);
  }

  dash(column) {
    while (this.top && this.top.indent > column) this.frames.pop();
    if (this.top?.type === "list" && this.top.indent === column) this.top.key += 1;
    else this.frames.push(list(column));
  }

  /** The mapping whose names begin at that column. */
  names(column) {
    while (this.top && (this.top.indent > column || (this.top.type === "list" && this.top.indent === column))) this.frames.pop();
    if (this.top?.type !== "map" || this.top.indent !== column) this.frames.push(mapping(column));
    return this.top;
  }

  /** Takes the dashes at the beginning of a line; returns what follows, and its column. */
  dashes(line) {
    let column = line.search(/\S|$/);
    let rest = line.slice(column);
    for (let found; (found = /^-(\s+|$)/.exec(rest)); ) {
      this.dash(column);
      column += found[0].length;
      rest = rest.slice(found[0].length);
    }
    return { column, rest };
  }

  /** A whole line before the place. Returns what of it is not closed yet: "{a: 1," goes on in the next line. */
  line(line) {
    const indent = line.search(/\S/);
    if (indent < 0) return "";
    if (this.text !== null) {
      if (indent > this.text) return "";
      this.text = null;
    }
    if (line[indent] === "#") return "";
    const { column, rest } = this.dashes(line);
    const found = KEY.exec(rest);
    if (!found) return isOpen(rest) ? rest : "";
    const map = this.names(column);
    map.key = bare(found[1]);
    const value = rest.slice(found[0].length).trim();
    map.values.set(map.key, bare(value.replace(/\s+#.*$/, "")));
    if (BLOCK_TEXT.test(rest)) this.text = column;
    return isOpen(value) ? value : "";
  }
}

/** Whether brackets of a value in one line stay open. */
function isOpen(value) {
  return /^[[{]/.test(value) && flow(value).length > 0;
}

/** The brackets that are open at the end of a text such as "{id: a, label: {en: ", from the outside to the inside. */
function flow(text) {
  const open = [];
  let word = "";
  let quote = "";
  for (const char of text) {
    const inner = open.at(-1);
    if (quote) {
      word += char;
      if (char === quote) quote = "";
    } else if ((char === '"' || char === "'") && !word.trim()) {
      quote = char;
      word += char;
    } else if (char === "$" || (word.endsWith("$") && char === "{")) {
      word += char; // the beginning of a hole in a text without quotes
    } else if (char === "{" || char === "[") {
      open.push(char === "{" ? { ...mapping(-1), named: false } : { ...list(-1), named: false });
      word = "";
    } else if (char === "}" || char === "]") {
      if (!open.length) return open;
      close(inner, word);
      open.pop();
      word = "";
    } else if (char === ",") {
      close(inner, word);
      if (inner?.type === "list") inner.key += 1;
      word = "";
    } else if (char === ":" && inner?.type === "map" && !inner.named) {
      inner.key = bare(word);
      inner.named = true;
      word = "";
    } else {
      word += char;
    }
    if (open.length) open.at(-1).word = word;
  }
  return open;
}

function close(inner, word) {
  if (inner?.type === "map" && inner.named) {
    inner.values.set(inner.key, bare(word));
    inner.named = false;
  }
}

/**
 * The place at a position of a text.
 *
 * frames: what is around it, from the outside to the inside: {type, key, values}
 * at:     "name" or "value"
 * word:   what is written of it so far
 */
export function placeAt(text, position) {
  const lines = text.slice(0, position).split("\n");
  const last = lines.pop();
  const walk = new Walk();
  let open = "";
  for (const line of lines) {
    if (open) {
      open += `\n${line}`;
      if (!flow(open).length) open = "";
    } else {
      open = walk.line(line);
    }
  }
  if (open) return inBrackets(walk.frames, `${open}\n${last}`);
  return atLine(walk, last);
}

function atLine(walk, last) {
  if (walk.text !== null && last.search(/\S|$/) > walk.text) {
    return { frames: walk.frames, at: "value", word: last.trimStart() };
  }
  const { column, rest } = walk.dashes(last);
  if (rest.startsWith("#")) return null;
  const found = KEY.exec(rest);
  if (found) {
    const map = walk.names(column);
    map.key = bare(found[1]);
    const value = rest.slice(found[0].length).trimStart();
    return /^[[{]/.test(value) ? inBrackets(walk.frames, value) : { frames: walk.frames, at: "value", word: value };
  }
  if (/^[[{]/.test(rest)) return inBrackets(walk.frames, rest);
  if (walk.top?.type === "list" && walk.top.indent < column && !/^[\w-]*$/.test(rest)) {
    return { frames: walk.frames, at: "value", word: rest };
  }
  const map = walk.names(column);
  map.key = null;
  return { frames: walk.frames, at: "name", word: rest };
}

function inBrackets(frames, value) {
  const open = flow(value);
  const inner = open.at(-1);
  if (!inner) return null;
  const word = (inner.word ?? "").trimStart();
  const isName = inner.type === "map" && !inner.named;
  if (isName) inner.key = null;
  return { frames: [...frames, ...open], at: isName ? "name" : "value", word };
}
