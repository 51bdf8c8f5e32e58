// The tiles of the services: as many as fit, the rest on further pages (nothing scrolls), found by letters,
// and their figures kept up to date without a tile moving under a finger.

let page = 0;
let typed = "";
let group = "";

const area = () => document.querySelector("[data-services]");
const part = (name) => document.querySelector(`[data-${name}]`);

/** Whether the letters begin a word of the name, or stand among the pinyin initials in a row. */
export function fits({ words = "", initials = "" }, letters) {
  if (!letters) return true;
  if (words.split(" ").some((word) => word.startsWith(letters))) return true;
  const tokens = initials.split(" ").filter(Boolean);
  return tokens.some(
    (_, at) =>
      at + letters.length <= tokens.length &&
      [...letters].every((letter, n) => tokens[at + n] === "?" || tokens[at + n].includes(letter)),
  );
}

/** How many tiles a page holds: columns by rows of the tallest. */
export function capacity({ height, gap, row, columns }) {
  return Math.max(1, columns * Math.floor((height + gap) / (row + gap)));
}

function measure(tiles) {
  const grid = part("tiles");
  const style = getComputedStyle(grid);
  const frame = getComputedStyle(area());
  return {
    height: area().clientHeight - parseFloat(frame.paddingTop) - parseFloat(frame.paddingBottom),
    gap: parseFloat(style.rowGap) || 0,
    row: Math.max(...tiles.map((tile) => tile.getBoundingClientRect().height)),
    columns: style.gridTemplateColumns.split(" ").length,
  };
}

/** Show the tiles of the page that fit and hide the others. */
export function lay() {
  if (!area()) return;
  const tiles = [...area().querySelectorAll("[data-service]")];
  const wanted = tiles.filter((tile) => fits(tile.dataset, typed) && isIn(tile));
  part("none").hidden = wanted.length > 0;
  for (const tile of tiles) tile.hidden = !wanted.includes(tile);
  if (!wanted.length) return showPages(1);
  // All on one page; else without the way by phone below; else on several pages, whose buttons take room too.
  part("pages").hidden = true;
  showDoor(true);
  let most = capacity(measure(wanted));
  if (wanted.length > most) {
    showDoor(false);
    most = capacity(measure(wanted));
  }
  if (wanted.length > most) {
    part("pages").hidden = false;
    most = capacity(measure(wanted));
  }
  const pages = Math.ceil(wanted.length / most);
  page = Math.min(page, pages - 1);
  wanted.forEach((tile, n) => (tile.hidden = Math.floor(n / most) !== page));
  showPages(pages);
}

function showDoor(shown) {
  const door = document.querySelector(".door");
  if (door) door.hidden = !shown || part("letters")?.hidden === false;
}

function showPages(pages) {
  const nav = part("pages");
  nav.hidden = pages < 2;
  const words = nav.querySelector("[data-page-words]");
  const text = words.dataset.pageWords.replace("{page}", page + 1).replace("{pages}", pages);
  if (words.textContent !== text) words.textContent = text;
  nav.querySelector('[data-page="-1"]').disabled = page === 0;
  nav.querySelector('[data-page="1"]').disabled = page >= pages - 1;
}

const isIn = (tile) => !group || tile.dataset.group.split(" ").includes(group);

/** Only the tiles of one kind; all of them without a name. */
export function show(name) {
  group = name;
  page = 0;
  mark();
  lay();
}

function mark() {
  for (const button of document.querySelectorAll("[data-group-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.groupShow === group));
  }
}

/** Turn a page. */
export function turn(by) {
  page += by;
  lay();
  part("tiles").querySelector("[data-service]:not([hidden])")?.focus();
}

/** Open or close the letters; closing shows all services again. */
export function letters(open) {
  const keys = part("letters");
  if (!keys) return;
  keys.hidden = !open;
  part("find").hidden = open;
  // Letters look among all; the kinds would only take the room of the tiles.
  if (part("groups")) part("groups").hidden = open;
  group = "";
  mark();
  type("");
  (open ? keys.querySelector("[data-letter]") : part("find")).focus();
}

/** Look for these letters. */
export function type(text) {
  typed = text;
  page = 0;
  const line = part("typed");
  if (line) line.textContent = typed ? `${typed.toUpperCase()} – ${count(line)}` : line.dataset.empty;
  line?.classList.toggle("letters-empty", !typed);
  lay();
}

function count(line) {
  const { one, many } = line.closest("[data-letters]").dataset;
  const found = [...area().querySelectorAll("[data-service]")].filter((tile) => fits(tile.dataset, typed)).length;
  return found === 1 ? one : many.replace("{count}", found);
}

export const add = (letter) => type((typed + letter).slice(0, 12));
export const remove = () => type(typed.slice(0, -1));

/** Whether the customer has begun something here that the next one should not find. */
export const touched = () => page > 0 || typed !== "" || group !== "" || part("letters")?.hidden === false;

/** A new first screen: from the first page. */
export function begin() {
  page = 0;
  typed = "";
  group = "";
  const line = part("typed");
  if (line) line.textContent = line.dataset.empty;
  line?.classList.add("letters-empty");
  lay();
}

/** Take over the figures of a fresh page; a tile is replaced only when it opened or closed. */
export function update(fresh) {
  const slugs = (root) => [...root.querySelectorAll("[data-service]")].map((tile) => tile.dataset.service).join();
  if (slugs(document) !== slugs(fresh)) {
    part("tiles")?.replaceChildren(...(fresh.querySelector("[data-tiles]")?.children || []));
    return lay();
  }
  for (const tile of document.querySelectorAll("[data-service]")) {
    const now = fresh.querySelector(`[data-service="${tile.dataset.service}"]`);
    if (now.dataset.state !== tile.dataset.state) tile.replaceWith(now);
    else {
      const [old, wait] = [tile, now].map((one) => one.querySelector(".tile-wait"));
      if (old.innerHTML !== wait.innerHTML) old.innerHTML = wait.innerHTML;
    }
  }
  lay();
}
