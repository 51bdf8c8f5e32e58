// Starts a board: connects the feed of calls, the screen, the voice and the media slot.

import { Announcer } from "./announcer.js";
import { Feed } from "./feed.js";
import { Slot } from "./slot.js";
import { Sound } from "./sound.js";
import { heardAt } from "./state.js";
import { View } from "./view.js";
import { Words, inLanguages } from "./words.js";

const SPOTLIGHT = 12_000;
const TURN_SERVICES = 10_000;
const ALTERNATE = 8000;
const RECENT_CALL = 180;
const SPOKEN_KEPT = 60;

const root = document.getElementById("board");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const snapshot = read("board-snapshot");
const words = new Words(read("board-phrases"));
const view = new View(root, words);
const speaks = root.dataset.speaks === "yes";
const spoken = loadSpoken();
let latest = null;
let locked = false;

const sound = new Sound(
  { chime: root.dataset.chime, speech: root.dataset.speech, soundOn: root.dataset.soundOn },
  (language, call) => {
    const [, name] = inLanguages({ [language]: call.counter_names?.[language] }, [language])[0] ?? [];
    const counter = name ?? words.say(language, "counter", { label: call.counter_label });
    return words.say(language, "call", { number: [...call.number].join(" "), counter });
  },
);

const announcer = new Announcer({
  play: (step) => sound.play(step),
  languages: snapshot.announce.languages,
  repeat: snapshot.announce.repeat,
  maxAge: Number(root.dataset.oldest),
  hurryFrom: Number(root.dataset.hurry),
  changed: acknowledge,
});

const feed = new Feed({
  snapshot,
  live: root.dataset.live,
  address: root.dataset.state,
  changed(fresh) {
    announcer.languages = fresh.announce.languages;
    announcer.repeat = fresh.announce.repeat;
    show();
    dressAnew(fresh);
  },
  called(call) {
    latest = { call, until: performance.now() + SPOTLIGHT };
    show();
    if (!speaks) return;
    if (!locked) sound.prepare(call, announcer.languages);
    announcer.push(call);
  },
  found(call, age) {
    if (speaks) announcer.catchUp(call, age);
  },
  undone(number) {
    announcer.withdraw(number);
    if (latest?.call.number === number) latest = null;
  },
});

/** The call that stands large: the one that sounds, else the newest one. */
function spotlight() {
  if (announcer.current) return announcer.current;
  if (latest && performance.now() < latest.until) return latest.call;
  const { calls } = feed.snapshot;
  const age = (call) => (feed.now - Date.parse(heardAt(call))) / 1000;
  return calls.find((c) => c.state === "called" || c.state === "serving") ?? calls.find((c) => age(c) < RECENT_CALL) ?? null;
}

function show() {
  view.show(feed.snapshot, spotlight());
  view.sound(speaks ? (locked ? "locked" : "on") : "off", announcer.current !== null);
}

function tick() {
  const { timezone } = feed.snapshot.site;
  view.clock(feed.now, timezone);
  view.stale(feed.staleSince, timezone);
  show();
}

/** Leave on the page what came of each call, for whoever watches over the board. */
function acknowledge() {
  if (announcer.locked && !locked && announcer.counts.waiting > 0) lock();
  const last = announcer.history.at(-1);
  if (last && spoken.at(-1) !== last.key) {
    spoken.push(last.key);
    if (spoken.length > SPOKEN_KEPT) spoken.shift();
    save(spoken);
  }
  root.dataset.acknowledged = JSON.stringify(announcer.counts);
  root.dispatchEvent(new CustomEvent("board:announcer", { detail: announcer.counts }));
  queueMicrotask(show);
}

function lock() {
  locked = true;
  announcer.lock();
  show();
}

async function unlock() {
  if (!locked) return;
  locked = false;
  show();
  await sound.confirm(words.languages[0]).catch(() => {});
  announcer.unlock((call) => (feed.now - Date.parse(heardAt(call))) / 1000);
}

/** The board was given another layout, languages or playlist: load the page again between two calls. */
function dressAnew(fresh) {
  if (!fresh.dress || fresh.dress === root.dataset.dress || announcer.current) return;
  const loaded = performance.now();
  if (loaded > 30_000) location.reload();
}

function loadSpoken() {
  try {
    return JSON.parse(localStorage.getItem("board.spoken") ?? "[]");
  } catch {
    return [];
  }
}

function save(keys) {
  try {
    localStorage.setItem("board.spoken", JSON.stringify(keys));
  } catch {
    // Without storage a board that is loaded again may repeat a young call; nothing worse.
  }
}

async function stayAwake() {
  await navigator.wakeLock?.request("screen").catch(() => {});
}

async function start() {
  announcer.know(spoken);
  if (speaks && !(await sound.allowed())) lock();
  feed.start();
  acknowledge();
  tick();
  setInterval(tick, 1000);
  setInterval(() => view.turn(feed.snapshot), TURN_SERVICES);
  if (root.dataset.wording === "alternating") setInterval(() => view.alternate(), ALTERNATE);
  addEventListener("resize", () => view.resized(feed.snapshot));
  document.fonts?.ready.then(() => view.resized(feed.snapshot));
  const slot = root.querySelector("[data-slot]");
  if (slot) new Slot(slot, read("board-media"), words.languages).start();
  root.querySelector("[data-sound-button]").addEventListener("click", unlock);
  document.addEventListener("pointerdown", unlock);
  document.addEventListener("keydown", unlock);
  document.addEventListener("visibilitychange", () => document.hidden || stayAwake());
  stayAwake();
}

start();
