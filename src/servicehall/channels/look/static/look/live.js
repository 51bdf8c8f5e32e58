// Server-Sent Events for pages: one connection a path, resumed by ?after=, with jittered back-off, and a word
// when the page is out of date. Read over fetch, not EventSource, because that hides the status of a refusal
// and events whose name it was not told beforehand.
//
// In HTML:  <section hx-get="…" hx-trigger="live" data-live-path="/live/boards/mall" data-live-after="412"
//                    data-live-refresh="ticket.called,ticket.finished">   ("*": any event)
// In code:  subscribe("/live/tickets/…", {after, onEvent, onState, onReset}).

import { events } from "./sse.js";

const STALE_MS = 25_000; // the server says something at least every 10 s
const OFFLINE_AFTER = 2; // failed attempts in a row
const LONGEST_MS = 30_000;
const DEBOUNCE_MS = 300;
const JITTER_MS = 400;
const BLINK_MS = 3000;
const AGAIN_MS = 2000;
const GIVE_UP = new Set([400, 401, 403, 404, 410]);

const root = document.documentElement;
let base = (root.dataset.live || "").replace(/\/$/, "");
let reached = false; // the live program answered once: then a cut is a restart, not a wall
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

class Line {
  constructor(path, after) {
    this.path = path;
    this.after = after ?? null;
    this.listeners = new Set();
    this.state = "connecting";
    this.failures = 0;
    this.retry = 1000;
    this.heard = Date.now();
    this.closed = false;
    this.run();
  }

  address(origin) {
    const url = new URL(origin + this.path, location.href);
    if (this.after !== null) url.searchParams.set("after", this.after);
    return url;
  }

  async run() {
    while (!this.closed) {
      const opened = await this.attempt(base);
      // The live port may be unreachable from here (a proxy, a firewall): then the page's own address.
      if (opened && base) reached = true;
      else if (base && !reached && !this.closed && !this.refused && (await this.attempt(""))) base = "";
      if (this.closed || this.refused) return;
      this.failures = this.lived ? 0 : this.failures + 1;
      this.say(this.failures >= OFFLINE_AFTER || navigator.onLine === false ? "offline" : "stale");
      await this.pause();
    }
  }

  /** One connection until it ends; true when it ever opened. */
  async attempt(origin) {
    this.lived = false;
    this.stop = new AbortController();
    const watch = setInterval(() => {
      if (Date.now() - this.heard > STALE_MS) this.stop.abort();
    }, 1000);
    this.heard = Date.now();
    try {
      const answer = await fetch(this.address(origin), {
        headers: { Accept: "text/event-stream" },
        credentials: "include",
        cache: "no-store",
        signal: this.stop.signal,
      });
      if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("text/event-stream")) {
        this.refused = GIVE_UP.has(answer.status);
        if (this.refused) this.say("refused", answer.status);
        return false;
      }
      this.lived = true;
      this.failures = 0;
      this.say("online");
      for await (const event of events(answer.body, () => this.hear())) this.receive(event);
    } catch {
      // Aborted, cut or refused: run() decides what comes next.
    } finally {
      clearInterval(watch);
    }
    return this.lived;
  }

  hear() {
    this.heard = Date.now();
    if (this.state !== "online") this.say("online");
  }

  receive(event) {
    if (event.retry) this.retry = event.retry;
    if (event.id) this.after = event.id;
    if (!event.name || event.name === "ping" || !event.data) {
      if (event.name !== "reset") return;
    }
    let data = {};
    try {
      data = event.data ? JSON.parse(event.data) : {};
    } catch {
      return;
    }
    if (event.name === "reset") {
      this.after = data.seq ?? this.after;
      this.tell("onReset", data);
    } else this.tell("onEvent", event.name, data);
  }

  /** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): no storm after a restart. */
  async pause() {
    const most = Math.min(LONGEST_MS, this.retry * 2 ** Math.min(this.failures, 6));
    await Promise.race([wait(this.retry / 2 + Math.random() * most), new Promise((wake) => (this.wake = wake))]);
  }

  say(state, detail) {
    if (this.state === state) return;
    this.state = state;
    this.tell("onState", state, detail);
    showState();
  }

  tell(what, ...words) {
    for (const listener of this.listeners) listener[what]?.(...words);
  }

  close() {
    this.closed = true;
    this.stop?.abort();
    this.wake?.();
    lines.delete(this.path);
    showState();
  }
}

const lines = new Map();

/**
 * Listen to a path. onEvent(kind, data), onReset(data): fetch a fresh snapshot, onState("connecting" |
 * "online" | "stale" | "offline" | "refused", status). Answers {close(), after(), state()}.
 */
export function subscribe(path, { after = null, onEvent, onReset, onState } = {}) {
  const line = lines.get(path) || new Line(path, after);
  lines.set(path, line);
  const listener = { onEvent, onReset, onState };
  line.listeners.add(listener);
  if (line.state !== "connecting") onState?.(line.state);
  return {
    after: () => line.after,
    state: () => line.state,
    close() {
      line.listeners.delete(listener);
      if (!line.listeners.size) line.close();
    },
  };
}

// --- The strip that says the page is out of date ---------------------------------------------------

const WORST = ["online", "connecting", "stale", "offline", "refused"];

let shown = 0;

function showState() {
  const states = [...lines.values()].map((line) => line.state);
  const worst = states.sort((a, b) => WORST.indexOf(b) - WORST.indexOf(a))[0] || "";
  root.dataset.liveState = worst;
  clearTimeout(shown);
  const show = () => {
    for (const part of document.querySelectorAll("[data-live-when]")) {
      part.hidden = !part.dataset.liveWhen.split(" ").includes(worst === "refused" ? "offline" : worst);
    }
  };
  // A blink of the line (a restart of the server) need not frighten anyone.
  if (worst === "stale") shown = setTimeout(show, BLINK_MS);
  else show();
}

// --- Elements that refresh themselves --------------------------------------------------------------

const held = new Map();
const due = new WeakMap();

function wants(element, kind) {
  const kinds = (element.dataset.liveRefresh || "*").split(",").map((word) => word.trim());
  return kinds.includes("*") || kinds.includes(kind);
}

function refresh(element) {
  if (due.has(element)) return;
  const delay = DEBOUNCE_MS + Math.random() * Number(element.dataset.liveJitter || JITTER_MS);
  due.set(
    element,
    setTimeout(() => {
      due.delete(element);
      if (element.isConnected) element.dispatchEvent(new CustomEvent("live", { bubbles: false }));
    }, delay),
  );
}

function elementsOf(path) {
  return [...document.querySelectorAll("[data-live-path]")].filter((element) => element.dataset.livePath === path);
}

function follow(path) {
  const afters = elementsOf(path).map((element) => Number(element.dataset.liveAfter)).filter(Number.isFinite);
  const known = elementsOf(path).some((element) => element.dataset.liveAfter);
  return subscribe(path, {
    after: known ? Math.min(...afters) : null,
    onEvent: (kind, data) => {
      for (const element of elementsOf(path)) {
        element.dispatchEvent(new CustomEvent("live:event", { detail: { kind, data }, bubbles: true }));
        if (wants(element, kind)) refresh(element);
      }
    },
    onReset: () => elementsOf(path).forEach(refresh),
  });
}

function scan() {
  const wanted = new Set([...document.querySelectorAll("[data-live-path]")].map((element) => element.dataset.livePath));
  for (const path of wanted) if (path && !held.has(path)) held.set(path, follow(path));
  for (const [path, subscription] of held) {
    if (wanted.has(path)) continue;
    subscription.close();
    held.delete(path);
  }
}

// A refresh that failed is tried again: the stream may live on while a request fails.
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    const { requestConfig, xhr } = event.detail;
    const element = event.target;
    if (element.dataset?.livePath === undefined || requestConfig?.verb !== "get" || GIVE_UP.has(xhr?.status)) return;
    setTimeout(() => element.isConnected && refresh(element), AGAIN_MS);
  });
}

document.addEventListener("htmx:load", scan);
document.addEventListener("htmx:afterSettle", scan);
addEventListener("online", () => lines.forEach((line) => setTimeout(() => line.wake?.(), Math.random() * 1000)));
addEventListener("pagehide", () => lines.forEach((line) => line.stop?.abort()));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) lines.forEach((line) => line.state !== "online" && line.wake?.());
});
scan();
