// The calendar's sheet: puts hours, spans and cards where their minutes say, and moves cards by dragging.
// By keyboard a card opens its dialog, which has the same move. What may be moved where is the server's to say.

const MINUTE_MS = 60_000;
const FAR = 6; // pixels from which a press is a drag
const pad = (number) => String(number).padStart(2, "0");
const wall = (minute) => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;

function lay() {
  const sheet = document.querySelector(".cal-sheet");
  if (!sheet || sheet.classList.contains("cal-lines")) return;
  const first = Number(sheet.dataset.first);
  const scale = Number(sheet.dataset.scale);
  const put = (element, top, size) => {
    element.style.setProperty("--top", `${(top - first) * scale}px`);
    element.style.setProperty("--size", `${size * scale}px`);
    element.style.setProperty("--lane", element.dataset.lane || "0");
    element.style.setProperty("--lanes", element.dataset.lanes || "1");
  };
  sheet.style.setProperty("--sheet", `${sheet.dataset.height}px`);
  sheet.style.setProperty("--hour", `${60 * scale}px`);
  for (const hour of sheet.querySelectorAll(".cal-hour")) put(hour, Number(hour.dataset.top) * 60, 60);
  for (const span of sheet.querySelectorAll(".cal-span")) {
    put(span, Number(span.dataset.begin), span.dataset.end - span.dataset.begin);
  }
  for (const buffer of sheet.querySelectorAll(".cal-buffer")) {
    const before = Number(buffer.dataset.before || 0);
    put(buffer, buffer.dataset.begin - before, before || Number(buffer.dataset.after));
  }
  for (const card of sheet.querySelectorAll(".cal-card")) put(card, Number(card.dataset.begin), Number(card.dataset.length));
  if (sheet.dataset.nowMinute) {
    const line = document.createElement("div");
    line.className = "cal-now";
    put(line, Number(sheet.dataset.nowMinute), 0);
    sheet.append(line);
  }
  sheet.classList.add("cal-lines");
}

// --- Dragging --------------------------------------------------------------------------------------

let drag = null;
let swallow = false;
document.addEventListener("click", (event) => swallow && event.stopImmediatePropagation(), true);

/** The beginning, in steps from where an opening begins, that is closest to the minute. */
function snapped(strip, minute, step) {
  const opens = strip.dataset.opens.split(",").filter(Boolean).map(Number);
  const from = Math.max(...opens.filter((open) => open <= minute + step / 2), -1);
  if (from < 0) return Math.round(minute / step) * step;
  return from + Math.round((minute - from) / step) * step;
}

function target(event) {
  const strip = document.elementsFromPoint(event.clientX, event.clientY).map((one) => one.closest(".cal-strip")).find(Boolean);
  if (!strip) return null;
  const sheet = strip.closest(".cal-sheet");
  const body = strip.querySelector(".cal-body");
  const top = event.clientY - body.getBoundingClientRect().top - drag.grip;
  const minute = Number(sheet.dataset.first) + top / Number(sheet.dataset.scale);
  return { strip, body, minute: Math.max(snapped(strip, minute, Number(drag.card.dataset.step)), 0) };
}

function showGhost(event) {
  const to = target(event);
  if (!to) return;
  const sheet = to.strip.closest(".cal-sheet");
  const scale = Number(sheet.dataset.scale);
  drag.ghost.style.setProperty("--top", `${(to.minute - sheet.dataset.first) * scale}px`);
  drag.ghost.style.setProperty("--size", `${drag.card.dataset.length * scale}px`);
  drag.ghost.textContent = wall(to.minute);
  to.body.append(drag.ghost);
}

function stop() {
  drag?.ghost?.remove();
  drag?.card.classList.remove("cal-dragged");
  drag = null;
}

document.addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.(".cal-card[data-movable]");
  if (!card || event.button !== 0) return;
  drag = { card, x: event.clientX, y: event.clientY, grip: event.clientY - card.getBoundingClientRect().top, ghost: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.ghost) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    drag.ghost = document.createElement("div");
    drag.ghost.className = "cal-ghost number";
    drag.card.classList.add("cal-dragged");
  }
  event.preventDefault();
  showGhost(event);
});

document.addEventListener("pointerup", (event) => {
  if (!drag?.ghost) {
    drag = null;
    return;
  }
  const to = target(event);
  const { card } = drag;
  stop();
  // The click that follows a drag does not open the card.
  swallow = true;
  setTimeout(() => (swallow = false), 0);
  const form = document.getElementById("cal-drop");
  if (!to || !form) return;
  const from = card.closest(".cal-strip");
  if (from === to.strip && Number(card.dataset.begin) === to.minute) return;
  form.elements.appointment.value = card.dataset.card;
  form.elements.starts.value = `${to.strip.dataset.day} ${to.minute}`;
  form.elements.resource.value = to.strip.dataset.resource;
  form.requestSubmit();
});

document.addEventListener("pointercancel", stop);
document.addEventListener("keydown", (event) => event.key === "Escape" && stop());

// --- Keys from card to card -------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".cal-card");
  const moves = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
  if (!card || !moves) return;
  const strips = [...document.querySelectorAll(".cal-strip")];
  const cards = (strip) => [...strip.querySelectorAll(".cal-card")];
  let at = strips.indexOf(card.closest(".cal-strip"));
  let next = null;
  if (moves[1]) next = cards(strips[at])[cards(strips[at]).indexOf(card) + moves[1]];
  else {
    for (at += moves[0]; strips[at] && !next; at += moves[0]) {
      const away = (one) => Math.abs(one.dataset.begin - card.dataset.begin);
      next = cards(strips[at]).sort((a, b) => away(a) - away(b))[0];
    }
  }
  next?.focus();
  event.preventDefault();
});

// Before desk.js gives back how far the sheet was scrolled: a sheet that is not laid yet cannot be scrolled.
document.addEventListener("htmx:afterSwap", lay, true);
document.addEventListener("htmx:afterSettle", lay);
lay();

// The first look at today's sheet is at what happens now.
const line = document.querySelector(".cal-now");
if (line) document.getElementById("cal-frame").scrollTop = Math.max(line.offsetTop - 160, 0);
setInterval(() => {
  const sheet = document.querySelector(".cal-sheet[data-now-minute]");
  const now = sheet?.querySelector(".cal-now");
  if (!now) return;
  sheet.dataset.nowMinute = Number(sheet.dataset.nowMinute) + 1;
  now.style.setProperty("--top", `${(sheet.dataset.nowMinute - sheet.dataset.first) * sheet.dataset.scale}px`);
}, MINUTE_MS);
