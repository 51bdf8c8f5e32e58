// Keeps a board's snapshot true: live events at once, the rest by reading it again, at most once a
// second; after an interruption it reads first and then goes on. Shows and announces nothing itself.

import { subscribe } from "../look/live.js";
import { apply, callOf, keyOf, missed, reread } from "./state.js";

const AT_MOST_EVERY = 1000;
const ANYWAY_EVERY = 60_000;
const BLINK = 3000;

export class Feed {
  #recent = [];
  #held = null;
  #due = null;
  #readAt = 0;
  #cutAt = null;

  /**
   * @param {object} options
   * @param {object} options.snapshot  what the page was loaded with
   * @param {string} options.live  path of the board's events
   * @param {string} options.address  of the snapshot
   * @param {(snapshot: object) => void} options.changed
   * @param {(call: object) => void} options.called  a call that happened just now
   * @param {(call: object, age: number) => void} options.found  a call that happened while nobody listened
   * @param {(number: string) => void} options.undone  a call was taken back
   */
  constructor(options) {
    Object.assign(this, options);
    this.#keepTime();
  }

  /** Since when nothing was heard from the hall (its own time), or null. */
  get staleSince() {
    return this.#cutAt !== null && performance.now() - this.#cutAt > BLINK ? this.#at(this.#cutAt) : null;
  }

  /** The hall's own time. */
  get now() {
    return this.#at(performance.now());
  }

  start() {
    this.#report({ calls: [], at: this.snapshot.at });
    subscribe(this.live, {
      after: this.snapshot.seq,
      onEvent: (_, event) => (this.#held ? this.#held.push(event) : this.#take(event)),
      onReset: () => this.#recover(),
      onState: (state) => this.#line(state),
    });
    setInterval(() => this.#soon(0), ANYWAY_EVERY * (0.8 + 0.4 * Math.random()));
  }

  #at(moment) {
    return this.timeThen + (moment - this.momentThen);
  }

  #keepTime() {
    this.timeThen = Date.parse(this.snapshot.at);
    this.momentThen = performance.now();
  }

  #line(state) {
    if (state === "online") {
      if (this.#cutAt !== null) this.#recover();
    } else this.#cutAt ??= performance.now();
  }

  #take(event) {
    if (!(event.seq > this.snapshot.seq)) return;
    const call = callOf(this.snapshot, event);
    if (event.kind === "ticket.undone" && event.state === "waiting") this.undone(event.number);
    this.#recent.push(event);
    if (this.#recent.length > 300) this.#recent.shift();
    this.snapshot = apply(this.snapshot, event);
    this.changed(this.snapshot);
    if (call) this.called({ ...call, key: keyOf(call) });
    const when = reread(event);
    if (when) this.#soon(when === "now" ? 50 : 300);
  }

  /** Read again after the delay (ms) and some chance, so that not all boards ask at the same moment. */
  #soon(delay) {
    if (this.#due !== null || this.#held) return;
    const spread = delay + Math.random() * 600;
    const least = this.#readAt + AT_MOST_EVERY - performance.now();
    this.#due = setTimeout(async () => {
      this.#due = null;
      const fresh = await this.#read();
      // It may know of a call before its event comes, or while the line is cut: then it is said now.
      if (fresh && !this.#held) this.#report(this.#accept(fresh));
      // Events bring the calls meanwhile, not who else waits.
      if (!fresh) this.#soon(AT_MOST_EVERY);
    }, Math.max(spread, least));
  }

  async #read() {
    this.#readAt = performance.now();
    try {
      const answer = await fetch(this.address, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  /** The fresh snapshot, with what happened while it was on its way. */
  #accept(fresh) {
    const before = this.snapshot;
    this.snapshot = this.#recent.filter((event) => event.seq > fresh.seq).reduce(apply, fresh);
    // Times go by the snapshot itself: an event may be older than it.
    this.snapshot = { ...this.snapshot, at: fresh.at };
    this.#keepTime();
    this.changed(this.snapshot);
    return before;
  }

  /** The line was cut, or too much was missed: read, say what was missed, then go on with events. */
  async #recover() {
    if (this.#held) return;
    this.#held = [];
    let fresh = await this.#read();
    while (!fresh) {
      await new Promise((resolve) => setTimeout(resolve, 1000 + Math.random() * 2000));
      fresh = await this.#read();
    }
    const held = this.#held;
    this.#held = null;
    this.#cutAt = null;
    this.#report(this.#accept(fresh));
    for (const event of held) this.#take(event);
  }

  #report(before) {
    for (const { call, age } of missed(before, this.snapshot)) this.found({ ...call, key: keyOf(call) }, age);
  }
}
