// Codes: a scanner that types into whatever has the focus, and the camera where the browser can read codes.

const EVERY = 200;

export function watchScan(box) {
  const input = box.querySelector("input");
  typed(input);
  if ("BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia) camera(box, input);
}

// A scanner types and then presses Enter. Where more is asked, that leads to the next field instead of sending.
function typed(input) {
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const fields = [...input.form.querySelectorAll("input:not([type=hidden], [type=file]), textarea, select")];
    const open = fields.slice(fields.indexOf(input) + 1).find((one) => one.required && !one.value);
    if (!open) return;
    event.preventDefault();
    open.focus();
  });
}

// One listener for all screens of the page, so that it holds on to no field of a screen before.
document.addEventListener("keydown", (event) => {
  const nowhere = !document.activeElement?.matches("input, textarea, select, button, a, summary");
  const inputs = document.querySelectorAll("[data-scan] input");
  if (nowhere && inputs.length === 1 && event.key.length === 1 && !event.ctrlKey && !event.metaKey) inputs[0].focus();
});

function camera(box, input) {
  const button = box.querySelector("[data-camera]");
  const view = box.querySelector("[data-view]");
  const video = view.querySelector("video");
  let stream = null;
  button.hidden = false;

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    view.hidden = true;
  }

  button.addEventListener("click", async () => {
    if (stream) return stop();
    box.querySelector("[data-no-camera]").hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!box.isConnected) return stop();
      video.srcObject = stream;
      view.hidden = false;
      // Not waited for: a picture that has not come yet is looked at again.
      video.play().catch(() => {});
      look(new BarcodeDetector());
    } catch {
      stop();
      box.querySelector("[data-no-camera]").hidden = false;
    }
  });
  addEventListener("pagehide", stop);

  async function look(detector) {
    if (!stream) return;
    // A kiosk swaps screens in one page.
    if (!box.isConnected) return stop();
    const found = await detector.detect(video).catch(() => []);
    if (!found.length) {
      setTimeout(() => look(detector), EVERY);
      return;
    }
    input.value = found[0].rawValue;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    stop();
    input.focus();
  }
}
