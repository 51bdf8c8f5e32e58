// Keyboard shortcuts: an element with data-key="n" (or "Shift+H", "Space", "Enter") is clicked by that key.
// "?" opens the list. Keys do nothing while one types, in a dialog, or with Ctrl, Alt or Meta held.
import { openDialog } from "./dialog.js";

const own = new Map();

/** Add a shortcut that has no element: addKey("g", "Go to the list", () => …). */
export function addKey(key, label, run) {
  own.set(normal(key), { key, label, run });
}

function normal(key) {
  const parts = key.split("+");
  const last = parts.pop();
  const named = { space: " ", esc: "escape" }[last.toLowerCase()] ?? last.toLowerCase();
  return (parts.some((part) => part.toLowerCase() === "shift") ? "shift+" : "") + named;
}

function pressed(event) {
  const letter = event.key.toLowerCase();
  const shifted = event.shiftKey && (letter.length > 1 || letter !== letter.toUpperCase());
  return (shifted ? "shift+" : "") + letter;
}

function typing(target) {
  return target.closest?.("input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]");
}

function usable(element) {
  return !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.getClientRects().length > 0;
}

function elementFor(key) {
  return [...document.querySelectorAll("[data-key]")].find((el) => normal(el.dataset.key) === key && usable(el));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    showHelp();
    event.preventDefault();
    return;
  }
  const key = pressed(event);
  // Space and Enter belong to the control that has the focus.
  if ((key === " " || key === "enter") && event.target.closest?.("button, a[href], summary, label")) return;
  const element = elementFor(key);
  if (element) {
    event.preventDefault();
    element.click();
  } else if (own.has(key)) {
    event.preventDefault();
    own.get(key).run();
  }
});

function nameOf(element) {
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, svg")) part.remove();
  return element.dataset.keyLabel || element.getAttribute("aria-label") || copy.textContent.trim();
}

function showHelp() {
  const list = document.querySelector("[data-keys-list]");
  if (!list) return;
  const rows = [...document.querySelectorAll("[data-key]")].map((el) => [el.dataset.key, nameOf(el)]);
  rows.push(...[...own.values()].map((entry) => [entry.key, entry.label]));
  list.replaceChildren(
    ...rows.flatMap(([key, label]) => {
      const term = document.createElement("dt");
      const kbd = document.createElement("kbd");
      kbd.className = "kbd";
      kbd.textContent = key;
      term.append(kbd);
      const what = document.createElement("dd");
      what.textContent = label;
      return [term, what];
    }),
  );
  openDialog("keys-help");
}
