// How the phone draws attention: vibration, sound, the page's title, and a notice where the browser can show one.
// Sound and notices only after the customer asked for them by a touch.
import { play, unlock } from "../look/chime.js";

const title = document.title;
let flashing = 0;

/** Alternate the page's title with these words until somebody looks at the page. */
export function flash(words) {
  calm();
  let shown = false;
  flashing = setInterval(() => (document.title = (shown = !shown) ? `● ${words}` : title), 1000);
}

/** The title as it was. */
export function calm() {
  clearInterval(flashing);
  flashing = 0;
  document.title = title;
}

for (const kind of ["focus", "pointerdown"]) addEventListener(kind, calm);
document.addEventListener("visibilitychange", () => document.hidden || setTimeout(calm, 3000));

/** Draw attention: kind "turn" (now, three times) or "near". */
export function attract(kind, words) {
  navigator.vibrate?.(kind === "turn" ? [400, 200, 400, 200, 800] : [200, 100, 200]);
  const tones = kind === "turn" ? [660, 880, 1108] : [660, 880];
  play(tones, 0.4);
  if (kind === "turn") for (const later of [1800, 3600]) setTimeout(() => play(tones, 0.4), later);
  flash(words);
  notify(words);
}

let worker = null;

async function notify(words) {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden) return;
  const about = { body: document.querySelector("[data-said]")?.dataset.said || "", tag: "turn", renotify: true, data: location.href };
  try {
    // Android shows notices only through a service worker, other browsers either way.
    if (worker) await (await worker).showNotification(words, about);
    else new Notification(words, about);
  } catch {
    // Then the sound, the vibration and the title have to do.
  }
}

/** The button that asks for sound and notices. */
export function offer(box) {
  const button = box.querySelector("[data-alerts-on]");
  const line = box.querySelector("[data-alerts-said]");
  box.hidden = false;
  if ("Notification" in window && Notification.permission === "granted") worker = register(box.dataset.worker);
  button.addEventListener("click", async () => {
    unlock();
    play([660, 880], 0.3);
    stayAwake();
    button.hidden = true;
    line.textContent = line.dataset.ringing;
    if (!("Notification" in window)) return;
    if ((await Notification.requestPermission().catch(() => "denied")) !== "granted") return;
    worker = register(box.dataset.worker);
    line.textContent = line.dataset.noticing;
  });
}

function register(address) {
  if (!navigator.serviceWorker) return null;
  return navigator.serviceWorker.register(address, { scope: "/t/" }).then(() => navigator.serviceWorker.ready).catch(() => null);
}

// While the customer waits for the ring, the screen stays on: a page that sleeps rings too late.
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // The phone saves its battery; the notice still comes.
  }
  document.addEventListener("visibilitychange", () => document.hidden || navigator.wakeLock?.request("screen").catch(() => {}));
}
