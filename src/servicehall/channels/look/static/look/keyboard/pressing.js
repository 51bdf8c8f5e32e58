// Fingers on keys. A key counts when the finger leaves it, also while another finger is still down; the click that a
// browser sends afterwards is not counted again, but one that comes alone (a screen reader, Enter on a key) is.

const HOLD = 500; // ms
const AGAIN = 90; // a key held down repeats this often
const CLICK_WITHIN = 700; // the click of a mouse comes this soon

/** The keys under it may have changed by the time a touch becomes a click: that would press what is there now. */
const noClick = (event) => event.cancelable && event.preventDefault();

/** inside: a selector of keys. onPress(key), onHold(key): true when it repeats while held, false when holding means nothing. */
export function listen(inside, { onPress, onHold }) {
  const down = new Map(); // pointer: {key, timer, held}
  const counted = new Map(); // pointer: when its click became superfluous
  const keyOf = (event) => event.target.closest?.(inside);

  const hold = (finger) => {
    const meant = onHold(finger.key);
    if (meant === false) return;
    finger.held = true;
    if (meant === true) finger.timer = setTimeout(() => hold(finger), AGAIN);
  };
  const lift = (event) => {
    const finger = down.get(event.pointerId);
    down.delete(event.pointerId);
    if (finger) clearTimeout(finger.timer);
    return finger;
  };

  // The field keeps the focus, and with it caret and selection.
  document.addEventListener("mousedown", (event) => event.target.closest?.("[data-keyboard-panel]") && event.preventDefault());
  document.addEventListener("pointerdown", (event) => {
    const key = keyOf(event);
    if (!key || key.disabled || event.button > 0) return;
    const finger = { key, held: false };
    finger.timer = setTimeout(() => hold(finger), HOLD);
    down.set(event.pointerId, finger);
    key.addEventListener("touchend", noClick, { once: true, passive: false });
  });
  document.addEventListener("pointerup", (event) => {
    const finger = lift(event);
    if (!finger) return;
    counted.set(event.pointerId, performance.now());
    const left = document.elementFromPoint(event.clientX, event.clientY)?.closest(inside);
    if (!finger.held && left === finger.key) onPress(finger.key);
  });
  document.addEventListener("pointercancel", lift);
  document.addEventListener("click", (event) => {
    const key = keyOf(event);
    const since = performance.now() - (counted.get(event.pointerId) ?? -Infinity);
    counted.delete(event.pointerId);
    if (!key || key.disabled || (event.detail > 0 && since < CLICK_WITHIN)) return;
    onPress(key);
  });
}
