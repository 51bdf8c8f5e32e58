// What the theme's pages lack for screen readers: a main landmark, no heads without words, and scroll areas
// that are no landmarks.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
  for (const head of document.querySelectorAll("thead th")) {
    if (head.textContent.trim() || head.querySelector("input")) continue;
    const cell = document.createElement("td");
    cell.className = head.className;
    head.replaceWith(cell);
  }
});
addEventListener("load", () => {
  for (const area of document.querySelectorAll(".simplebar-content-wrapper[role=region]")) {
    area.setAttribute("role", "presentation");
    area.removeAttribute("aria-label");
  }
});
