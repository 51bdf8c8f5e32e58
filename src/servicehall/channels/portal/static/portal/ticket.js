// A ticket, live: its own events are shown at once; when only the queue moved, the page asks again after a
// while of its own, so that a hall full of phones does not ask at the same moment.
import { subscribe } from "../look/live.js";
import { attract, calm, offer } from "./alerts.js";
import { deserves } from "./turns.js";

const MOVED_WITHIN = 4000;
const ANYWAY = 60_000; // waits change with the clock too
const LONGEST = 15_000;
const now = () => document.getElementById("now");

let asked = 0;
let asking = null;
let failures = 0;

async function refresh() {
  clearTimeout(due);
  due = 0;
  if (asking) {
    again = true;
    return;
  }
  asked = Date.now();
  try {
    asking = fetch(now().dataset.now, { cache: "no-store", headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000) });
    const answer = await asking;
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.text());
    failures = 0;
  } catch {
    // The stream may live on while a request fails, so nobody else would ask again.
    failures += 1;
    due ||= setTimeout(refresh, Math.min(LONGEST, 500 * 2 ** failures) * (0.5 + Math.random()));
  } finally {
    asking = null;
  }
  if (again) {
    again = false;
    refresh();
  }
}
let again = false;

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("now");
  const old = now();
  if (!fresh) return;
  const [before, after] = [{ ...old.dataset }, { ...fresh.dataset }];
  if (before.ended !== after.ended || (after.ended === "yes" && before.state !== after.state)) {
    // Forms and what stands around them differ: the whole page.
    location.reload();
    return;
  }
  if (old.innerHTML !== fresh.innerHTML || old.className !== fresh.className) swap(old, fresh);
  const kind = deserves(before, after);
  if (kind) {
    say(fresh.querySelector("[data-said]")?.dataset.said || "");
    attract(kind, document.querySelector("[data-alerts]").dataset[kind]);
  } else if (after.state !== "called") calm();
}

function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceWith(document.adoptNode(fresh));
  document.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: fresh } }));
  if (focused) fresh.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
}

function say(words) {
  const line = document.getElementById("said");
  line.textContent = "";
  setTimeout(() => (line.textContent = words), 150);
}

let due = 0;
function soon() {
  due ||= setTimeout(refresh, 200 + Math.random() * MOVED_WITHIN);
}

function start() {
  const { live, after, state, near } = now().dataset;
  if (now().dataset.ended === "yes" && state !== "no_show") return;
  subscribe(live, { after, onEvent: (kind) => (kind === "queue.moved" ? soon() : refresh()), onReset: soon, onState: (line) => line === "online" && asked && soon() });
  // A page that slept in a pocket has missed something.
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  addEventListener("pageshow", (event) => event.persisted && refresh());
  setInterval(() => !document.hidden && Date.now() - asked > ANYWAY && soon(), 5000);
  const box = document.querySelector("[data-alerts]");
  if (box) offer(box);
  if (state === "called" || near === "yes") say(now().querySelector("[data-said]")?.dataset.said || "");
}

start();
