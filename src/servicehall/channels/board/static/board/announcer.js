// The queue of announcements: order, merging, repeats and the count that nothing was swallowed.
// Pure: no page, no audio, no clock of its own. The page gives `play`, which makes one sound.

/**
 * @typedef {{key: string, number: string, counter: string}} Call  `key` tells each call and repetition
 *   from every other; a number is one customer's on its day
 * @typedef {{kind: "chime", call: Call} | {kind: "speech", language: string, round: number, call: Call}} Step
 */

/** What came of the calls so far. Every received call is in exactly one of the other counts,
 * except `duplicates` (never received as new), or still waiting or sounding. */
const ZERO = {
  received: 0,
  duplicates: 0,
  announced: 0,
  merged: 0,
  withdrawn: 0,
  tooOld: 0,
  failed: 0,
  steps: 0,
  stepsFailed: 0,
};

export class Announcer {
  #queue = [];
  #current = null;
  #locked = false;
  #running = false;
  #seen = new Set();
  #counts = { ...ZERO };
  #history = [];

  /**
   * @param {object} options
   * @param {(step: Step) => Promise<void>} options.play  resolves when the sound has ended, rejects
   *   when it could not be made; an error named NotAllowedError means that the browser wants a touch
   *   first, and locks the queue until `unlock()`
   * @param {string[]} options.languages  in speaking order
   * @param {number} [options.repeat]  how often all languages are spoken
   * @param {number} [options.maxAge]  seconds after which a missed call is shown but not spoken
   * @param {number} [options.hurryFrom]  with so many calls waiting, each is spoken once (0: never)
   * @param {(milliseconds: number) => Promise<void>} [options.wait]
   * @param {() => void} [options.changed]  called whenever counts or the current call changed
   */
  constructor({ play, languages, repeat = 1, maxAge = 30, hurryFrom = 0, wait = pause, changed = () => {} }) {
    Object.assign(this, { play, languages, repeat, maxAge, hurryFrom, wait, changed });
  }

  /** The call that is sounding now, or null. */
  get current() {
    return this.#current?.call ?? null;
  }

  get waiting() {
    return this.#queue.map((entry) => entry.call);
  }

  get locked() {
    return this.#locked;
  }

  get counts() {
    return { ...this.#counts, waiting: this.#queue.length, sounding: this.#current ? 1 : 0 };
  }

  /** The last hundred announcements that ended: key, number, steps played and steps planned. */
  get history() {
    return [...this.#history];
  }

  /** A call that happened just now. */
  push(call) {
    if (this.#isNew(call)) this.#enqueue(call);
  }

  /** A call found in a fresh snapshot, after a start or an outage: a young one is spoken.
   * @param {number} age  seconds since the call
   */
  catchUp(call, age) {
    if (this.#seen.has(call.key)) return;
    this.#isNew(call);
    if (age <= this.maxAge) this.#enqueue(call);
    else this.#count("tooOld");
  }

  /** The call was taken back; if nobody has heard it yet, nobody needs to. */
  withdraw(number) {
    const rest = this.#queue.filter((entry) => entry.call.number !== number);
    this.#counts.withdrawn += this.#queue.length - rest.length;
    this.#queue = rest;
    this.changed();
  }

  /** These were spoken before (by this screen, before it was loaded again). */
  know(keys) {
    for (const key of keys) this.#remember(key);
  }

  /** Hold the queue: the browser or a person has switched the sound off. */
  lock() {
    this.#locked = true;
    this.changed();
  }

  /** Go on. Calls that waited too long meanwhile are not worth hearing any more.
   * @param {(call: Call) => number} [ageOf]  seconds since the call
   */
  unlock(ageOf = () => 0) {
    this.#locked = false;
    const young = this.#queue.filter((entry) => ageOf(entry.call) <= this.maxAge);
    this.#counts.tooOld += this.#queue.length - young.length;
    this.#queue = young;
    this.changed();
    this.#run();
  }

  #isNew(call) {
    if (this.#seen.has(call.key)) {
      this.#count("duplicates");
      return false;
    }
    this.#remember(call.key);
    this.#counts.received += 1;
    return true;
  }

  #remember(key) {
    this.#seen.add(key);
    if (this.#seen.size > 500) this.#seen.delete(this.#seen.values().next().value);
  }

  #enqueue(call) {
    const earlier = this.#queue.find((entry) => entry.call.number === call.number);
    if (earlier) {
      // Not spoken yet: one announcement with the newest facts, at the place it already has.
      earlier.call = call;
      this.#count("merged");
      return;
    }
    this.#queue.push({ call });
    this.changed();
    this.#run();
  }

  #count(name) {
    this.#counts[name] += 1;
    this.changed();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    while (!this.#locked && this.#queue.length > 0) {
      this.#current = this.#queue.shift();
      this.changed();
      await this.#announce(this.#current);
      this.#current = null;
      this.changed();
      if (this.#queue.length > 0) await this.wait(700);
    }
    this.#running = false;
  }

  #steps(call) {
    const hurried = this.hurryFrom > 0 && this.#queue.length >= this.hurryFrom;
    const steps = [{ kind: "chime", call }];
    for (let round = 1; round <= (hurried ? 1 : this.repeat); round += 1) {
      for (const language of this.languages) steps.push({ kind: "speech", language, round, call });
    }
    return steps;
  }

  async #announce(entry) {
    const steps = this.#steps(entry.call);
    let played = 0;
    for (const step of steps) {
      try {
        await this.play(step);
        played += 1;
        this.#counts.steps += 1;
      } catch (error) {
        if (error?.name === "NotAllowedError") {
          // Nobody has heard it: it waits at the head until there is sound.
          this.#locked = true;
          if (!this.#queue.some((other) => other.call.number === entry.call.number)) this.#queue.unshift(entry);
          else this.#counts.merged += 1;
          return;
        }
        this.#counts.stepsFailed += 1;
      }
      if (step !== steps.at(-1)) await this.wait(step.kind === "chime" ? 150 : 450);
    }
    this.#counts[played > 0 ? "announced" : "failed"] += 1;
    this.#history.push({ key: entry.call.key, number: entry.call.number, played, planned: steps.length });
    if (this.#history.length > 100) this.#history.shift();
  }
}

/** Whether every received call is accounted for. */
export function complete(counts) {
  const { received, announced, merged, withdrawn, tooOld, failed, waiting, sounding } = counts;
  return received === announced + merged + withdrawn + tooOld + failed + waiting + sounding;
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
