// The reader's choices of light or dark, contrast and type size, kept on this device (on a kiosk: for this
// customer only, see reset). Buttons: data-pref="size" with data-pref-on="large" (pressed or not), or
// data-pref-value="large" (one of several).

const root = document.documentElement;
const KEY = "look.prefs";
const store = () => (root.dataset.prefsKeep === "session" ? sessionStorage : localStorage);

function read() {
  try {
    return JSON.parse(store().getItem(KEY) || "{}");
  } catch {
    return {};
  }
}

function write(prefs) {
  try {
    store().setItem(KEY, JSON.stringify(prefs));
  } catch {
    // Without storage the choice holds for this page.
  }
}

function system(name) {
  if (name !== "theme") return "normal";
  return root.dataset.frame !== "kiosk" && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Choose: set("contrast", "more"); an empty value goes back to the device's own. */
export function set(name, value) {
  const prefs = read();
  if (value) prefs[name] = value;
  else delete prefs[name];
  write(prefs);
  apply(name, value);
  show();
  document.dispatchEvent(new CustomEvent("look:prefs", { detail: { name, value } }));
}

/** Forget everything: for the next customer of a kiosk. */
export function reset() {
  try {
    store().removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
  for (const name of ["theme", "contrast", "size"]) apply(name, "");
  show();
}

function apply(name, value) {
  if (name === "theme" && ("themeBoard" in root.dataset || "themeFixed" in root.dataset) && !value) return;
  const wanted = value || system(name);
  if (wanted === "normal") delete root.dataset[name];
  else root.dataset[name] = wanted;
}

function show() {
  const prefs = read();
  for (const button of document.querySelectorAll("[data-pref]")) {
    const { pref, prefOn, prefValue } = button.dataset;
    const now = pref === "theme" ? prefs.theme || "" : root.dataset[pref] || "normal";
    button.setAttribute("aria-pressed", String(now === (prefOn ?? prefValue)));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pref]");
  if (!button) return;
  const { pref, prefOn, prefValue } = button.dataset;
  if (prefOn === undefined) set(pref, prefValue);
  else set(pref, root.dataset[pref] === prefOn ? "normal" : prefOn);
});

matchMedia("(prefers-color-scheme: dark)").addEventListener?.("change", () => {
  if (!read().theme && !("themeFixed" in root.dataset) && !("themeBoard" in root.dataset)) apply("theme", "");
});
document.addEventListener("htmx:load", show);
show();
