// The kiosk: touches become steps, screens left alone begin anew, figures stay fresh, a cut line is said and
// mended. The parts are in screens.js, idle.js, services.js, player.js and speech.js.

import { play, unlock } from "../look/chime.js";
import { subscribe } from "../look/live.js";
import { reset as forgetPrefs, set as setPref } from "../look/prefs.js";
import { uuid } from "../look/forms.js";
import { IdleWatch } from "./idle.js";
import { Player, send } from "./player.js";
import { Screens } from "./screens.js";
import * as services from "./services.js";
import { Speech } from "./speech.js";

const QUIET = { service: 40, ticket: 25, refused: 25, gone: 6, home: 60, closed: 60 }; // seconds
const AFTER_EVENTS = 2000; // a busy hall is not asked more often than this
const ANYWAY = 30_000; // opening and closing hours make no event
const main = () => document.getElementById("main");
let saying = 0;
/** Tell it to whoever listens; emptied first, so that the same words are heard again. */
function said(text) {
  const line = document.getElementById("said");
  clearTimeout(saying);
  line.textContent = "";
  if (text) saying = setTimeout(() => (line.textContent = text), 100);
}

const screens = new Screens({
  home: main().dataset.home,
  onShow: shown,
  onMerge: merge,
  onOffline: cut,
  onGone: (code) => Player.leave(screens.home, code),
});
const player = new Player(screens, { onPrint: print, onHeard: () => idle.touch() });
const speech = new Speech({ fetch: send, facts });
const idle = new IdleWatch({ onWarn: warn, onLeft: left, onMore: closeWarning, onReset: begin });

// --- Screens ---------------------------------------------------------------------------------------

function shown(name) {
  closeWarning();
  said(""); // nothing of the screen before, which may have been somebody else's
  watch(name);
  if (name === "home") services.begin();
  if (player.on) screens.step = player.here();
  player.listen();
  player.pictures();
  lay();
  speech.show();
  if (quietly) return;
  // What is wrong is read first; where a scanner types, what it types must come.
  (document.querySelector("#pickup-code") || document.querySelector("[data-error-summary], h1"))?.focus({ preventScroll: true });
  const words = document.querySelector("[data-said]:not(dialog)")?.dataset.said;
  if (words) said(words);
  if (player.on) player.shown();
  speech.say();
}

let quietly = false;

/** What is on the screen, for the voice. */
function facts() {
  const { step = "", wrong = "" } = main().dataset;
  const pairs = { screen: screens.name, code: screens.code, at: step, wrong };
  return { ...pairs, language: root.lang };
}

function watch(name) {
  // The first screen holds nothing of anybody; only a language or a size that somebody chose is put back.
  idle.watch(Number(main().dataset.quiet) || QUIET[name] || 40, { warn: !["home", "closed", "gone"].includes(name) });
}

function begin() {
  const name = screens.name;
  if ((name === "home" || name === "closed") && !changed()) return watch(name);
  forget();
  screens.reset();
}

const root = document.documentElement;
const changed = () =>
  screens.language !== "" || speech.on || services.touched() || root.dataset.size || root.dataset.contrast || lowered();
const lowered = () => root.dataset.reach === "low" && !("reachFixed" in root.dataset);

function forget() {
  document.dispatchEvent(new CustomEvent("kiosk:reset")); // what is typed goes now: see look/keyboard
  if (player.on) for (const part of document.querySelectorAll("main, .kiosk-actions")) part.replaceChildren();
  speech.reset();
  if (lowered()) setPref("reach", "");
  forgetPrefs();
  try {
    sessionStorage.clear();
  } catch {
    // Storage may be forbidden: then nothing is in it.
  }
  // The answer tells the browser to drop its caches too; without a line nothing new has come into them.
  fetch(`${screens.home}/forget`, { cache: "no-store" }).catch(() => {});
}

function cut(offline) {
  const cover = document.getElementById("offline");
  cover.hidden = !offline;
  if (offline) cover.focus();
}

// --- Left alone ------------------------------------------------------------------------------------

const dialog = () => document.getElementById("idle");

function warn() {
  const box = dialog();
  if (!box.open) box.showModal();
  said(box.dataset.said);
  play([660, 880]);
  speech.say({ screen: "idle" });
}

function left(seconds) {
  const box = dialog();
  box.querySelector("[data-idle-left]").textContent = seconds;
  box.style.setProperty("--left", seconds / (idle.warning / 1000));
  if (seconds === 10) {
    said(box.dataset.soon);
    play([880, 660]);
  }
}

function closeWarning() {
  if (dialog()?.open) dialog().close();
}

setInterval(() => idle.tick(), 250);
for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(
    kind,
    (event) => {
      unlock();
      if (!event.target.closest?.("[data-reset]")) idle.touch();
    },
    { capture: true, passive: true },
  );
}

// --- Touches ---------------------------------------------------------------------------------------

function step(event, element, request) {
  event.preventDefault();
  if (screens.busy) return;
  element?.setAttribute("aria-busy", "true");
  screens.go(request);
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const link = at("[data-go]");
  if (link) return step(event, link, { url: link.getAttribute("href") });
  if (at("[data-reset]")) {
    if (!("keepLanguage" in at("[data-reset]").dataset)) forget();
    return void screens.reset({ keepLanguage: "keepLanguage" in at("[data-reset]").dataset });
  }
  if (at("[data-print]")) return print(at("[data-print]"));
  if (at("[data-page]")) return services.turn(Number(at("[data-page]").dataset.page));
  if (at("[data-letter]")) return services.add(at("[data-letter]").dataset.letter);
  if (at("[data-letter-back]")) return services.remove();
  if (at("[data-find-close]")) return services.letters(false);
  if (at("[data-find]")) return services.letters(document.querySelector("[data-letters]").hidden);
  if (at("[data-group-show]")) return services.show(at("[data-group-show]").dataset.groupShow);
  if (at("[data-speech-toggle]")) return speech.toggle();
  if (at("[data-speech-again]")) return void speech.say();
  if (at("[data-speech-stop]")) return speech.stop();
  if (at("[data-speech-dark]")) return speech.dark(true);
  if (at("[data-dark]")) return speech.dark(false);
  if (at("[data-speech-louder]")) return speech.louder(Number(at("[data-speech-louder]").dataset.speechLouder));
  if (at("[data-scroll]")) return scroll(Number(at("[data-scroll]").dataset.scroll));
  // A link within the page would change its address.
  const inside = at('a[href^="#"]');
  if (inside) {
    event.preventDefault();
    const name = inside.getAttribute("href").slice(1);
    (document.getElementById(name) || document.querySelector(`[name="${CSS.escape(name).replace("q-", "q.")}"]`))?.focus();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".language-switch")) {
    event.preventDefault();
    const code = event.submitter?.getAttribute("lang");
    if (!code || screens.busy) return;
    screens.language = code;
    const typed = player.on ? player.typed() : null;
    return void screens.go(player.on ? player.here(typed) : screens.step).then(() => player.retype(typed));
  }
  if (!("put" in form.dataset)) return;
  const body = [...new FormData(form, event.submitter)];
  // One touch is one act: the key is of this touch, also where the form was kept for several customers.
  if (!form.querySelector('[name="idempotency_key"]')) body.push(["idempotency_key", uuid()]);
  // Who goes elsewhere takes along what stands in the form and was not sent.
  if ("typed" in form.dataset) body.push(...player.unsent());
  step(event, event.submitter, { url: form.getAttribute("action"), body });
});

// A photo is kept at once, with what is typed; the same screen comes back and shows it.
document.addEventListener("photo:taken", (event) => {
  const { name, file } = event.detail;
  if (player.on) step(event, event.target, { url: main().dataset.photo, body: [...player.typed().pairs, [name, file]] });
});

// A scanner types: figures and the enter key, where nobody writes. They are the code that a phone shows.
let scanned = "";
addEventListener("keydown", async (event) => {
  if (event.target.closest?.("input, textarea, select") || screens.name !== "home") return void (scanned = "");
  if (/^\d$/.test(event.key)) return void (scanned = (scanned + event.key).slice(-6));
  const door = document.querySelector("[data-pickup]");
  if (event.key !== "Enter" || scanned.length !== 6 || !door) return;
  event.preventDefault();
  const code = scanned;
  scanned = "";
  await screens.go({ url: door.getAttribute("href") });
  const form = document.getElementById("pickup");
  if (!form) return;
  form.elements.pickup.value = code;
  form.requestSubmit();
});

function print(button) {
  window.print();
  said(button.dataset.done);
}

// Nothing to go back to: the page has one address, and what a browser kept of it is not shown again.
addEventListener("pageshow", (event) => event.persisted && location.replace(screens.home));
addEventListener("pagehide", () => screens.drop());
addEventListener("contextmenu", (event) => event.preventDefault());

// --- Fresh figures ---------------------------------------------------------------------------------

let pressed = false;
addEventListener("pointerdown", () => (pressed = true), true);
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => setTimeout(() => (pressed = false), 350), true);

let due = 0;
let asked = 0;
function soon() {
  if (due) return;
  const pause = Math.max(AFTER_EVENTS - (Date.now() - asked), 0) + Math.random() * 500;
  due = setTimeout(() => {
    due = 0;
    if (pressed || screens.busy) return soon();
    fresh();
  }, pause);
}

function fresh() {
  if (!["home", "closed", "ticket"].includes(screens.name) || screens.offline) return;
  asked = Date.now();
  quietly = true;
  screens.refresh().finally(() => (quietly = false));
}

function merge(page) {
  if (screens.name === "home") return services.update(page);
  for (const name of [".your-ticket", ".slip"]) {
    const [old, now] = [document.querySelector(name), page.querySelector(name)];
    if (old && now && old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
  }
}

setInterval(() => Date.now() - asked >= ANYWAY && soon(), 1000);
if (main().dataset.board) {
  subscribe(main().dataset.board, { after: main().dataset.after ?? null, onEvent: soon, onReset: soon });
}

// --- What does not fit ------------------------------------------------------------------------------

/** Tiles in pages; of a step that is longer than the screen, a screenful at a time by buttons (nobody has to drag). */
function lay() {
  services.lay();
  const bar = document.querySelector("[data-scrolls]");
  if (!bar) return;
  const { scrollTop, scrollHeight, clientHeight } = main();
  bar.hidden = scrollHeight <= clientHeight + 4;
  bar.querySelector('[data-scroll="-1"]').disabled = scrollTop <= 2;
  bar.querySelector('[data-scroll="1"]').disabled = scrollTop + clientHeight >= scrollHeight - 2;
}

function scroll(by) {
  main().scrollBy({ top: by * main().clientHeight * 0.8 });
  lay();
}

addEventListener("scroll", (event) => event.target === main() && lay(), true);
addEventListener("resize", lay);
document.addEventListener("look:prefs", () => requestAnimationFrame(lay));
document.fonts?.ready.then(lay);

history.replaceState(null, "", screens.home);
shown(screens.name);
