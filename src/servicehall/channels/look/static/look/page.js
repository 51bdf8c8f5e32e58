// The one module that every page loads; it starts the others. Import siblings from here or by a
// relative path ("../look/live.js"), never by a hashed address: two addresses are two instances.
import "./dialog.js";
import "./forms.js";
import "./htmx-setup.js";
import "./keypad.js";
import "./keys.js";
import "./live.js";
import "./prefs.js";
import "./time.js";
import { toast } from "./toast.js";

// Charts are large: loaded only where there is one.
const wakeCharts = () => {
  if (document.querySelector("[data-chart]")) import("./chart.js").then((charts) => charts.draw());
};
wakeCharts();
document.addEventListener("htmx:load", wakeCharts);

// So are passkeys.
const wakePasskeys = () => {
  if (document.querySelector("[data-passkey-field]")) import("./passkey.js");
};
wakePasskeys();
document.addEventListener("htmx:load", wakePasskeys);

// And what flows ask for beyond fields: files, signatures, codes.
const wakeBrought = () => {
  if (!document.querySelector("[data-files], [data-signature], [data-scan]")) return;
  import("./flow/brought.js").then((brought) => brought.wake());
};
wakeBrought();
document.addEventListener("htmx:load", wakeBrought);

// And the keyboard on the screen, which only kiosks have.
if (document.querySelector("[data-keyboard-panel]")) import("./keyboard/keyboard.js");

export { toast };
