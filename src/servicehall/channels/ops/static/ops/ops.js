// Keeps the parts of an operations page fresh: at most once a second after events, every 15 s anyway, only
// what has changed (see parts.py for the other side). Also: printing.
import { draw } from "../look/chart.js";
import { subscribe } from "../look/live.js";

const LEAST_MS = 1000; // between two refreshes
const AGAIN_MS = 2000; // after a refresh that found counts still on their way
const ANYWAY_MS = 15_000; // waits grow and alerts come without an event

const page = document.querySelector("[data-ops]");
let asked = 0;
let timer = 0;
let running = false;
let wanted = false;

function schedule(wait = 0) {
  wanted = true;
  if (running || document.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(refresh, Math.max(wait, asked + LEAST_MS - Date.now(), 0));
}

async function refresh() {
  running = true;
  wanted = false;
  asked = Date.now();
  let next = ANYWAY_MS;
  try {
    const versions = [...document.querySelectorAll("[data-part]")].map((part) => `${part.dataset.part}=${part.dataset.version}`);
    const answer = await fetch(location.href, { headers: { "X-Parts": versions.join(" ") }, cache: "no-store" });
    if (answer.redirected || answer.status === 401 || answer.status === 403) return location.reload();
    if (answer.ok) {
      put(await answer.text());
      for (const time of document.querySelectorAll("[data-as-of]")) time.textContent = answer.headers.get("X-As-Of");
      if (answer.headers.get("X-Late") === "yes") next = AGAIN_MS;
    }
  } catch {
    // The strip of live.js says that the line is cut; the times say how old the figures are.
  }
  running = false;
  schedule(wanted ? 0 : next);
}

/** Replace the parts in the answer, and leave scrolling, focus, open tables and drawn charts as they are. */
function put(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  let drawn = false;
  for (const part of [...fresh.content.children]) {
    const old = document.getElementById(part.id);
    if (!old) continue;
    const focus = keyOf(old.contains(document.activeElement) ? document.activeElement : null);
    const frames = [...old.querySelectorAll(".table-frame")].map((frame) => [frame.scrollLeft, frame.scrollTop]);
    const open = [...old.querySelectorAll("details")].map((details) => details.open);
    const plots = [...old.querySelectorAll(".chart-plot")];
    [...part.querySelectorAll(".chart-plot")].forEach((plot, index) => plots[index] && plot.replaceWith(plots[index]));
    [...part.querySelectorAll("details")].forEach((details, index) => (details.open = open[index] ?? false));
    old.replaceWith(part);
    [...part.querySelectorAll(".table-frame")].forEach((frame, index) => frames[index] && frame.scrollTo(...frames[index]));
    if (focus) part.querySelector(focus)?.focus({ preventScroll: true });
    drawn ||= part.querySelector("[data-chart]") !== null;
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: part } }));
  }
  if (drawn) draw({ again: true });
}

function keyOf(element) {
  if (!element) return "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  const address = element.getAttribute("href");
  return address ? `${element.localName}[href="${CSS.escape(address)}"]` : element.localName === "summary" ? "summary" : ".table-frame";
}

if (page?.dataset.opsLivePath) {
  subscribe(page.dataset.opsLivePath, {
    after: page.dataset.opsAfter ?? null,
    onEvent: () => schedule(),
    onReset: () => schedule(),
    onState: (state) => state === "online" && schedule(),
  });
  document.addEventListener("visibilitychange", () => !document.hidden && schedule());
  setTimeout(schedule, ANYWAY_MS);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// On paper: always light, and the tables behind the charts laid open.
const root = document.documentElement;
let before = null;
addEventListener("beforeprint", () => {
  before = { theme: root.dataset.theme, closed: [...document.querySelectorAll("details:is(.chart-figures, .ops-more):not([open])")] };
  root.dataset.theme = "light";
  for (const details of before.closed) details.open = true;
});
addEventListener("afterprint", () => {
  if (!before) return;
  root.dataset.theme = before.theme;
  for (const details of before.closed) details.open = false;
  before = null;
});
