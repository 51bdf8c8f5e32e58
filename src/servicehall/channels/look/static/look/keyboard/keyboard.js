// The on-screen keyboard: it comes up under the field that has the focus and carries data-keyboard, and what is pressed
// is written there. Nothing is remembered: on another screen, and when the kiosk begins anew, all of it is forgotten.
//
// data-keyboard="<layout> <words>": numeric, decimal, date, time, phone, id, latin, email, pinyin, pin; name (names come first), shuffle.

import { accentsOf } from "./accents.js";
import { Composer } from "./composer.js";
import { capitals, draw, pressed } from "./drawing.js";
import { LAYOUTS } from "./layouts.js";
import { listen } from "./pressing.js";
import { Strip } from "./strip.js";
import { clear, masked, remove, write } from "./typing.js";

const WITH_CHOICES = ["latin", "pinyin"];
const FIELDS = "input[data-keyboard], textarea[data-keyboard]";
const panel = () => document.querySelector("[data-keyboard-panel]");
const strip = new Strip();
const composer = new Composer();
let now = null; // {field, layout, words, shift, symbols, latin, accents, offered}

// --- The field -------------------------------------------------------------------------------------

/** A field for this keyboard, and for no other: the device's own stays down, the browser offers nothing of before. */
function ready(field) {
  field.inputMode = "none";
  field.autocomplete = "off";
  field.spellcheck = false;
  field.setAttribute("virtualkeyboardpolicy", "manual");
  field.setAttribute("autocapitalize", "off");
  field.setAttribute("autocorrect", "off");
}

function asked(field) {
  const [first, ...words] = field.dataset.keyboard.split(/\s+/);
  const layout = LAYOUTS.includes(first) ? first : "latin";
  // What is composed would be shown above the keys.
  return { layout: masked(field) && layout === "pinyin" ? "latin" : layout, words };
}

function open(field) {
  if (!panel() || field.disabled || field.readOnly) return;
  if (now?.field === field && !panel().hidden) return;
  forget();
  ready(field);
  now = { field, ...asked(field), offered: "" };
  if (now.layout === "pinyin") wakeComposer();
  panel().toggleAttribute("data-quiet", masked(field));
  panel().hidden = false;
  redraw();
  (field.closest(".field") || field).scrollIntoView({ block: "center" });
}

async function wakeComposer() {
  const { field } = now;
  const { lexicon, loading, failed } = panel().dataset;
  if (!composer.awake) note(loading);
  const woken = await composer.wake(lexicon);
  if (now?.field !== field) return;
  note(woken ? "" : failed);
  if (woken) return;
  now.latin = true;
  redraw();
}

/** Close, and keep nothing. */
export function forget() {
  now = null;
  composer.clear();
  strip.clear();
  const there = panel();
  if (!there) return;
  there.hidden = true;
  strip.draw(there, "");
  tell("");
  note("");
  there.querySelector("[data-keyboard-keys]").replaceChildren();
}

// --- Drawing ---------------------------------------------------------------------------------------

function redraw() {
  const { field, layout, words, symbols, latin, shift } = now;
  const lines = field.tagName === "TEXTAREA";
  const at = document.activeElement?.closest("[data-keyboard-keys]");
  draw(panel(), layout, { symbols, latin, lines, name: words.includes("name"), shuffle: words.includes("shuffle") });
  at?.querySelector("button").focus({ preventScroll: true });
  panel().querySelector("[data-keyboard-strip]").hidden = masked(field) || !WITH_CHOICES.includes(layout);
  capitals(panel(), shift);
  pressed(panel(), "accents", now.accents);
  strip.draw(panel(), composer.letters);
}

/** Say it to whoever listens; of a masked field there is nothing to say. */
function tell(text) {
  panel().querySelector("[data-keyboard-said]").textContent = text;
}

/** Say it and show it where letters are shown that are composed. */
function note(text) {
  panel().querySelector("[data-keyboard-note]").textContent = text;
}

/** What can be chosen, with the numbers that choose it. */
const listed = () => strip.shown.map((text, at) => `${at + 1} ${text}`).join(", ");

function offer(items, kind) {
  now.offered = kind;
  strip.offer(items);
  strip.draw(panel(), composer.letters);
}

function offerChinese() {
  offer(composer.offers(now), "chinese");
  tell(composer.letters && listed());
  note(composer.letters && !strip.items.length ? panel().dataset.none : "");
}

function offerAccents(letter) {
  const forms = accentsOf(letter);
  if (!forms.length || masked(now.field) || !WITH_CHOICES.includes(now.layout)) return false;
  offer(forms, "accents");
  return "offered";
}

// --- Keys ------------------------------------------------------------------------------------------

const chinese = () => now?.layout === "pinyin" && !now.latin && !now.symbols && composer.awake;
const composes = (text) => chinese() && (/^[a-z]$/.test(text) || (text === "'" && composer.letters !== ""));

function put(text) {
  if (composes(text)) {
    composer.add(text);
    return offerChinese();
  }
  if (composer.letters && /^[1-9]$/.test(text)) return choose(strip.start + Number(text) - 1);
  if (composer.letters) take();
  if (now.accents && offerAccents(text)) return;
  if (now.offered) offer([], "");
  write(now.field, text);
  if (now.shift) {
    now.shift = false;
    capitals(panel(), false);
  }
}

function choose(at) {
  const text = strip.items[at];
  if (text === undefined) return;
  if (now.offered === "accents") {
    offer([], "");
    now.accents = false;
    pressed(panel(), "accents", false);
    return write(now.field, text);
  }
  composer.choose(at);
  write(now.field, text);
  strip.spread(false);
  offerChinese();
}

/** The first candidate for all that is composed: what a space and a full stop mean. */
function take() {
  while (composer.letters && strip.items.length) choose(0);
  drop();
}

/** Nothing of what is composed. */
function drop() {
  composer.clear();
  offerChinese();
}

/** The letters themselves. */
function takeLetters() {
  const { letters } = composer;
  drop();
  write(now.field, letters);
}

const ACTS = {
  back() {
    if (composer.letters) {
      composer.remove();
      return offerChinese();
    }
    if (now.offered) offer([], "");
    remove(now.field);
  },
  clear: () => clear(now.field),
  space: () => (composer.letters ? take() : put(" ")),
  enter: () => (composer.letters ? takeLetters() : put("\n")),
  done() {
    if (composer.letters) take();
    now.field.focus({ preventScroll: true });
    forget();
  },
  shift() {
    now.shift = !now.shift;
    capitals(panel(), now.shift);
  },
  accents() {
    now.accents = !now.accents;
    offer([], "");
    pressed(panel(), "accents", now.accents);
  },
  symbols: () => turn({ symbols: true }),
  letters: () => turn({ symbols: false }),
  latin: () => turn({ latin: true }),
  chinese() {
    turn({ latin: false });
    if (!composer.awake) wakeComposer();
  },
  previous: () => page(-1),
  next: () => page(1),
  all() {
    strip.spread(!strip.all);
    strip.draw(panel(), composer.letters);
  },
};

function turn(to) {
  if (composer.letters && !to.symbols) takeLetters();
  now = { ...now, ...to, shift: false, accents: false };
  if (!composer.letters) offer([], "");
  redraw();
}

function page(by) {
  strip.turn(by);
  strip.draw(panel(), composer.letters);
  if (chinese()) tell(listed());
}

listen("[data-keyboard-panel] :is([data-text], [data-act], [data-choice])", {
  onPress(key) {
    if (!now?.field.isConnected) return forget();
    if (key.dataset.choice) return choose(Number(key.dataset.choice));
    if (key.dataset.act) return ACTS[key.dataset.act]();
    put(key.dataset.text);
  },
  onHold(key) {
    if (key.dataset.act === "back") return ACTS.back(), true;
    return key.dataset.text && !chinese() ? offerAccents(key.dataset.text) : false;
  },
});

// --- A keyboard of keys that are really there --------------------------------------------------------

const COMPOSING = {
  Backspace: ACTS.back,
  Enter: takeLetters,
  Escape: drop,
  PageDown: ACTS.next,
  PageUp: ACTS.previous,
  " ": take,
};

document.addEventListener("keydown", (event) => {
  if (!now || event.target !== now.field || event.isComposing || event.keyCode === 229) return;
  const { key } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || !(composer.letters ? key in COMPOSING || key.length === 1 : composes(key))) return;
  // What is not composed the browser writes by itself.
  event.preventDefault();
  if (composer.letters && key in COMPOSING) COMPOSING[key]();
  else put(key);
});

// --- Coming and going --------------------------------------------------------------------------------

let pressing = false;
const settle = () =>
  setTimeout(() => {
    const at = document.activeElement;
    if (!now || pressing || at === now.field || at?.closest("[data-keyboard-panel]")) return;
    forget();
  }, 60);

addEventListener("pointerdown", () => (pressing = true), true);
for (const kind of ["pointerup", "pointercancel"]) {
  addEventListener(kind, () => ((pressing = false), settle()), true);
}

document.addEventListener("focusin", (event) => {
  if (event.target.matches(FIELDS)) open(event.target);
});
// What is touched must not move under the finger: the keyboard goes when the finger has.
document.addEventListener("focusout", settle);
document.addEventListener("click", (event) => {
  if (event.target.matches?.(FIELDS)) open(event.target);
});

function begin() {
  if (now && !now.field.isConnected) forget();
  for (const field of document.querySelectorAll(FIELDS)) ready(field);
  if (document.activeElement?.matches(FIELDS)) open(document.activeElement);
}

// The next customer: what was typed goes at once, not when the first screen has come.
document.addEventListener("kiosk:reset", () => {
  forget();
  for (const field of document.querySelectorAll(FIELDS)) field.value = field.defaultValue = "";
});
document.addEventListener("htmx:load", begin);
begin();
