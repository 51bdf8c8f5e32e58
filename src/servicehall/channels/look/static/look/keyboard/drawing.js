// Keys as buttons. Signs and acts take their words from the panel in the page, which is in the reader's language.

import { pad, PADS, rows } from "./layouts.js";

const part = (panel, name) => panel.querySelector(`[data-keyboard-${name}]`);

function button(panel, { text, act, wide }) {
  if (act) {
    const made = panel.querySelector(`template[data-keyboard-act="${act}"]`).content.firstElementChild.cloneNode(true);
    made.classList.add(`keyboard-wide-${wide}`);
    return made;
  }
  const made = document.createElement(text ? "button" : "span");
  made.className = `keyboard-${text ? "key" : "room"} keyboard-wide-${wide}`;
  if (!text) return made;
  made.type = "button";
  made.dataset.text = text;
  made.textContent = text;
  const named = [...part(panel, "names").children].find((one) => one.dataset.sign === text);
  if (named) made.setAttribute("aria-label", named.textContent);
  return made;
}

function box(name, children) {
  const made = document.createElement("div");
  made.className = name;
  made.append(...children);
  return made;
}

/** Digits in an order that nobody can read off a finger's way. */
function shuffled() {
  const digits = [..."1234567890"];
  for (let left = digits.length - 1; left > 0; left -= 1) {
    const [random] = crypto.getRandomValues(new Uint32Array(1));
    const at = random % (left + 1);
    [digits[left], digits[at]] = [digits[at], digits[left]];
  }
  return digits.join("");
}

/** Draw a layout's keys into the panel. */
export function draw(panel, layout, options) {
  const keys = part(panel, "keys");
  panel.dataset.layout = layout;
  if (PADS.includes(layout)) {
    const { digits, side } = pad(layout, options.shuffle ? shuffled() : undefined);
    const made = digits.map((one) => button(panel, one));
    if (!options.shuffle) made[4].classList.add("keyboard-five");
    keys.replaceChildren(box("keyboard-pad", made), box("keyboard-side", side.map((one) => button(panel, one))));
    return;
  }
  keys.replaceChildren(
    ...rows(layout, options).map((row) => box("keyboard-row", row.map((one) => button(panel, one)))),
  );
}

/** Capital letters on the keys, or small ones. */
export function capitals(panel, shift) {
  for (const key of panel.querySelectorAll(".keyboard-row [data-text]")) {
    if (!/^[a-z]$/i.test(key.dataset.text)) continue;
    key.dataset.text = shift ? key.dataset.text.toUpperCase() : key.dataset.text.toLowerCase();
    key.textContent = key.dataset.text;
  }
  pressed(panel, "shift", shift);
}

/** Show an act as on or off. */
export function pressed(panel, act, on) {
  panel.querySelector(`[data-keyboard-keys] [data-act="${act}"]`)?.setAttribute("aria-pressed", String(Boolean(on)));
}
