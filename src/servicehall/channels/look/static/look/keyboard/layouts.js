// Which keys stand where. A key writes its text, or does its act; wide counts half keys of a row of twenty.
// Not here: how keys are drawn (drawing.js) or what acts do (keyboard.js).

const key = (text, wide = 2) => ({ text, wide });
const act = (name, wide = 3) => ({ act: name, wide });
const keys = (row) => [...row].map((text) => key(text));
const room = { wide: 1 };

const DIGITS = "1234567890";

/** Letters with the last row that a layout has. */
const letters = (foot) => [
  keys(DIGITS),
  keys("qwertyuiop"),
  [room, ...keys("asdfghjkl"), room],
  [act("shift"), ...keys("zxcvbnm"), act("back")],
  foot,
];

/** The last row: what is special to the layout, the space, an end of line where there can be one, and done. */
const foot = (before, after, { lines }) => {
  const taken = [...before, ...after].reduce((sum, { wide }) => sum + wide, 0) + (lines ? 3 : 0);
  return [...before, act("space", 16 - taken), ...after, ...(lines ? [act("enter")] : []), act("done", 4)];
};

const SYMBOLS = {
  latin: ["-/:;()&@+=", "!?#%*\"_'’–", ".,€$£¥§°"],
  chinese: ["，。、？！：；（）·", "-/&@+=#%*_", "“”《》￥℃…."],
};

/** Signs beside letters: those of the writing that is typed. */
const symbols = (kind, options) => {
  const [first, second, third] = SYMBOLS[kind];
  return [
    keys(DIGITS),
    keys(first),
    keys(second),
    [...keys(third.slice(0, 8)), act("back", 4)],
    foot([act("letters", 4)], [], options),
  ];
};

const MAIL = [key("@"), key("."), key("_"), key("-"), key(".com", 4), key(".cn", 4), act("done", 4)];

/** Rows of keys. options: chinese (the field takes Chinese), latin (but letters are wanted now), symbols, lines, name. */
export function rows(layout, options) {
  const chinese = layout === "pinyin" && !options.latin;
  if (options.symbols) return symbols(layout === "pinyin" ? "chinese" : "latin", options);
  if (layout === "email") return letters(MAIL);
  const signs = act("symbols");
  if (chinese) return letters(foot([signs, act("latin"), key("'")], [key(options.name ? "·" : "，")], options));
  const back = layout === "pinyin" ? [signs, act("chinese"), act("accents")] : [signs, act("accents"), key("-")];
  return letters(foot(back, layout === "pinyin" ? [] : [key(".")], options));
}

const CORNERS = {
  numeric: act("clear"),
  pin: act("clear"),
  phone: key("+"),
  id: key("X"),
  decimal: key("."),
  date: key("-"),
  time: key(":"),
};

/** Twelve keys as on a telephone, and what stands beside them. digits: their order. */
export function pad(layout, digits = "1234567890") {
  const side = CORNERS[layout].act ? [act("done")] : [act("clear"), act("done")];
  return { digits: [...keys(digits.slice(0, 9)), CORNERS[layout], key(digits[9]), act("back")], side };
}

export const PADS = Object.keys(CORNERS);
export const LAYOUTS = [...PADS, "latin", "email", "pinyin"];
