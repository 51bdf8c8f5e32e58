// A photo taken with the camera of the device itself, where nobody has files to choose from: a kiosk. What was taken is
// handed to the page (photo:taken); without a camera the way to the phone is said.
import { LONGEST_SIDE, drawn } from "./shrink.js";

export function watchShoot(box) {
  const part = (name) => box.querySelector(`[data-${name}]`);
  const [open, take, close, view] = ["open", "take", "close", "view"].map(part);
  const video = view.querySelector("video");
  let stream = null;

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    view.hidden = take.hidden = close.hidden = true;
    open.hidden = false;
  }

  // Screens are swapped in one page: the camera goes out with the screen that it was on for.
  function watch() {
    if (!stream) return;
    if (!box.isConnected) return stop();
    setTimeout(watch, 200);
  }

  function none() {
    stop();
    open.hidden = true;
    part("no-camera").hidden = false;
  }

  open.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: LONGEST_SIDE } } });
    } catch {
      return none();
    }
    if (!box.isConnected) return stop();
    video.srcObject = stream;
    view.hidden = take.hidden = close.hidden = false;
    open.hidden = true;
    video.play().catch(() => {});
    watch();
    take.focus();
  });
  close.addEventListener("click", () => {
    stop();
    open.focus();
  });
  take.addEventListener("click", async () => {
    if (!video.videoWidth) return; // the first picture has not come yet
    const made = drawn(video, video.videoWidth, video.videoHeight, "photo.jpg");
    stop();
    const detail = { name: box.dataset.shoot, file: await made };
    if (box.isConnected) box.dispatchEvent(new CustomEvent("photo:taken", { bubbles: true, detail }));
  });

  if (!navigator.mediaDevices?.getUserMedia) return none();
  navigator.mediaDevices
    .enumerateDevices()
    .then((found) => found.some((one) => one.kind === "videoinput") || none())
    .catch(none);
}
