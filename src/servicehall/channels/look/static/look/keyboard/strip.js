// The strip above the keys: what is being composed, and what can be chosen, a page at a time; or over all keys.

const ROWS_OF_ALL = 6;
/** As many as keyboard.css has. */
const width = () => (document.documentElement.dataset.size ? 6 : 8);
const part = (panel, name) => panel.querySelector(`[data-keyboard-${name}]`);

/** How many columns a text takes, its number included. */
const columns = (text) => Math.min(width(), Math.max(1, Math.ceil(([...text].length + 1) / 2)));

export class Strip {
  constructor() {
    this.clear();
  }

  clear() {
    this.items = [];
    this.starts = [0];
    this.all = false;
  }

  /** Offer texts, from the first page. */
  offer(items) {
    this.items = items;
    this.starts = [0];
    if (!items.length) this.all = false;
  }

  get start() {
    return this.starts.at(-1);
  }

  /** Where the page that begins at start ends: rows are filled from left to right. */
  end(start) {
    let [row, used] = [1, 0];
    for (let at = start; at < this.items.length; at += 1) {
      const takes = columns(this.items[at]);
      if (used + takes > width()) [row, used] = [row + 1, 0];
      if (row > (this.all ? ROWS_OF_ALL : 1)) return at;
      used += takes;
    }
    return this.items.length;
  }

  /** The texts of the page. */
  get shown() {
    return this.items.slice(this.start, this.end(this.start));
  }

  turn(by) {
    const next = this.end(this.start);
    if (by > 0 && next < this.items.length) this.starts.push(next);
    if (by < 0 && this.starts.length > 1) this.starts.pop();
  }

  /** All over the keys, or in one row again; the first that is shown stays. */
  spread(all) {
    this.all = all && this.items.length > 0;
    if (!this.all) this.starts = [0];
  }

  draw(panel, composing) {
    part(panel, "composing").textContent = composing;
    const made = this.shown.map((text, at) => {
      const key = document.createElement("button");
      key.type = "button";
      key.className = `keyboard-key keyboard-choice keyboard-columns-${columns(text)}`;
      key.dataset.choice = this.start + at;
      const number = document.createElement("span");
      number.className = "keyboard-number";
      number.textContent = at + 1;
      key.append(...(this.all ? [] : [number]), text);
      return key;
    });
    const choices = part(panel, "choices");
    const at = choices.contains(document.activeElement);
    choices.replaceChildren(...made);
    if (at) (made[0] || panel.querySelector("[data-keyboard-keys] button"))?.focus({ preventScroll: true });
    panel.toggleAttribute("data-spread", this.all);
    part(panel, "keys").hidden = this.all;
    part(panel, "pages").classList.toggle("keyboard-none", !this.items.length && panel.dataset.layout !== "pinyin");
    const act = (name) => panel.querySelector(`[data-keyboard-strip] [data-act="${name}"]`);
    act("previous").disabled = this.starts.length < 2;
    act("next").disabled = this.end(this.start) >= this.items.length;
    act("all").disabled = !this.all && this.end(0) >= this.items.length;
    act("all").setAttribute("aria-expanded", String(this.all));
  }
}
