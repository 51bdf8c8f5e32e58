// Tiles of counters: the arrow keys move among them, a counter's label typed jumps to it.
let typed = "";
let forget = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea, dialog")) return;
  const tiles = [...document.querySelectorAll("[data-arrows] .seat-tile:is(a, button)")];
  if (!tiles.length) return;
  const at = tiles.indexOf(document.activeElement);
  const columns = tiles.filter((tile) => tile.getBoundingClientRect().top === tiles[0].getBoundingClientRect().top).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (step) {
    const to = tiles[Math.min(tiles.length - 1, Math.max(0, at + step))];
    to.focus();
    event.preventDefault();
  } else if (/^[0-9a-z-]$/i.test(event.key)) {
    clearTimeout(forget);
    forget = setTimeout(() => (typed = ""), 1200);
    typed += event.key.toLowerCase();
    tiles.find((tile) => tile.querySelector(".seat-label").textContent.trim().toLowerCase() === typed)?.focus();
  }
});
