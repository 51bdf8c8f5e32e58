// The voice of the kiosk: on and off, again, stop, quieter, louder, a dark screen. What is said is the server's to choose; a sound is
// held in memory while it plays and let go of then. For the next customer everything is as it was.

const LEVELS = [0.25, 0.5, 0.75, 1];
const USUAL = 1; // of LEVELS: what the hall's loudness is set for (EN 301 549, 5.1.3.13: it goes back there)
const all = (selector) => document.querySelectorAll(selector);

export class Speech {
  /** fetch(url, pairs): a request of the kiosk. facts(): the pairs that name what is on the screen. */
  constructor({ fetch, facts }) {
    this.fetch = fetch;
    this.facts = facts;
    this.sound = new Audio();
    this.turn = 0;
    this.reset();
    this.sound.addEventListener("ended", () => this.stop());
  }

  /** As for a new customer: silent, off, at the usual loudness. */
  reset() {
    this.stop();
    this.dark(false);
    this.on = false;
    this.level = USUAL;
    this.show();
  }

  show() {
    for (const button of all("[data-speech-toggle]")) button.setAttribute("aria-pressed", String(this.on));
    for (const bar of all("[data-speech]")) bar.hidden = !this.on;
    for (const button of all("[data-speech-louder]")) {
      button.disabled = LEVELS[this.level + Number(button.dataset.speechLouder)] === undefined;
    }
    this.sound.volume = LEVELS[this.level];
  }

  toggle() {
    this.on = !this.on;
    this.show();
    if (this.on) this.say();
    else this.stop();
  }

  /** The picture goes, or comes again: who only listens is not watched over the shoulder. */
  dark(on) {
    for (const cover of all("[data-dark]")) cover.hidden = !on;
  }

  louder(by) {
    this.level = Math.min(Math.max(this.level + by, 0), LEVELS.length - 1);
    this.show();
  }

  /** Say what is on the screen; whatever was being said ends. */
  async say(more = {}) {
    this.stop();
    const address = document.querySelector("[data-speech]")?.dataset.say;
    if (!this.on || !address) return;
    const turn = this.turn;
    try {
      const answer = await this.fetch(address, { ...this.facts(), ...more });
      if (answer.status !== 200) return;
      const sound = await answer.blob();
      if (turn !== this.turn || !this.on) return;
      this.held = URL.createObjectURL(sound);
      this.sound.src = this.held;
      await this.sound.play();
    } catch {
      // Without a voice the screen says it as before.
    }
  }

  stop() {
    this.turn += 1;
    this.sound.pause();
    if (!this.held) return;
    URL.revokeObjectURL(this.held);
    this.held = "";
    this.sound.removeAttribute("src");
    this.sound.load();
  }
}
