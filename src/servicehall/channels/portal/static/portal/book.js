// Booking: the clock of a time that is kept, and a word to phones in another time zone. Nothing needs it.
for (const line of document.querySelectorAll("[data-zone]")) {
  line.hidden = -new Date().getTimezoneOffset() === Number(line.dataset.zone);
}
document.body.addEventListener("htmx:load", (event) => {
  for (const line of event.detail.elt.querySelectorAll?.("[data-zone]") || []) {
    line.hidden = -new Date().getTimezoneOffset() === Number(line.dataset.zone);
  }
});

const clock = document.querySelector("[data-hold]");
if (clock) {
  const left = clock.querySelector("[data-left]");
  const ticking = setInterval(show, 1000);
  function show() {
    const seconds = Math.round((Date.parse(clock.dataset.hold) - Date.now()) / 1000);
    if (seconds > 0) {
      const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      left.textContent = left.dataset.words.replace("{}", time);
      clock.classList.toggle("hold-soon", seconds < 60);
      return;
    }
    clearInterval(ticking);
    clock.classList.add("hold-soon");
    clock.setAttribute("role", "alert");
    clock.querySelector("[data-kept]").textContent = clock.dataset.over;
    left.textContent = "";
  }
  show();
}
