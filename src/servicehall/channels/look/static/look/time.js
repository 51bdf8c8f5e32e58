// Counters and clocks that run: data-since (ISO 8601) counts up as 4:05, with data-since-style="minutes" as
// whole minutes in words; data-until counts down; data-clock shows the time of day. A server time in
// <html data-now> corrects a device whose clock is wrong.

const root = document.documentElement;
const drift = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;
const language = root.lang || "en";

/** Now, by the server's clock where it is known (ms since 1970). */
export const now = () => Date.now() + drift;

/** 4:05, from an hour on 1:04:05. */
export function stopwatch(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value) => String(value).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const minuteWords = new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "short" });
const clockWords = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const zoned = new Map();

function clock(zone) {
  if (!zone) return clockWords;
  if (!zoned.has(zone)) {
    zoned.set(zone, new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }));
  }
  return zoned.get(zone);
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  const moment = now();
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = (moment - Date.parse(element.dataset.since)) / 1000;
    if (Number.isNaN(seconds)) continue;
    const inMinutes = element.dataset.sinceStyle === "minutes";
    put(element, inMinutes ? minuteWords.format(Math.max(0, Math.floor(seconds / 60))) : stopwatch(seconds));
    const limit = Number(element.dataset.limit);
    if (limit) element.toggleAttribute("data-over", seconds > limit);
  }
  for (const element of document.querySelectorAll("[data-until]")) {
    const seconds = (Date.parse(element.dataset.until) - moment) / 1000;
    if (!Number.isNaN(seconds)) put(element, stopwatch(Math.ceil(seconds)));
  }
  for (const element of document.querySelectorAll("[data-clock]")) {
    put(element, clock(element.dataset.clock).format(moment));
  }
}

// On the full second, so that all counters of a page change together.
function run() {
  tick();
  setTimeout(run, 1000 - (now() % 1000) + 5);
}
document.addEventListener("htmx:load", tick);
run();
