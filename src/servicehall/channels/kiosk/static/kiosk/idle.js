// When a screen is left alone: warn, then start again for the next customer. Pure: no page, no timers of its
// own; whoever uses it calls tick() several times a second and passes touches on.

/** Seconds of warning are never fewer than this (WCAG 2.2.1; Section 508, 407.5: at least 20). */
export const LEAST_WARNING = 20;

export class IdleWatch {
  /**
   * warning: seconds of warning before the reset. onWarn(), onLeft(seconds), onMore() (the customer is still
   * there), onReset(). now(): ms.
   */
  constructor({ warning = 25, now = Date.now, onWarn, onLeft, onMore, onReset } = {}) {
    this.warning = Math.max(LEAST_WARNING, warning) * 1000;
    this.now = now;
    this.on = { onWarn, onLeft, onMore, onReset };
    this.state = "off";
    this.extended = 0;
  }

  /** Watch a screen that may stay untouched for so many seconds; warn: false resets without a word. */
  watch(seconds, { warn = true } = {}) {
    this.quiet = seconds * 1000;
    this.warns = warn;
    this.since = this.now();
    this.left = null;
    this.state = "watching";
    this.extended = 0;
  }

  stop() {
    this.state = "off";
  }

  /** A touch or a key: one is enough to go on, as often as the customer likes. */
  touch() {
    if (this.state === "off") return;
    this.since = this.now();
    if (this.state !== "warning") return;
    this.state = "watching";
    this.extended += 1;
    this.on.onMore?.();
  }

  tick() {
    if (this.state === "watching" && this.now() - this.since >= this.quiet) {
      if (!this.warns) return this.reset();
      // From this moment, not from when it was due: a machine that slept still shows the whole warning.
      this.state = "warning";
      this.warnedAt = this.now();
      this.left = null;
      this.on.onWarn?.();
    }
    if (this.state !== "warning") return;
    const left = Math.ceil((this.warnedAt + this.warning - this.now()) / 1000);
    if (left <= 0) return this.reset();
    if (left !== this.left) this.on.onLeft?.((this.left = left));
  }

  reset() {
    this.state = "off";
    this.on.onReset?.();
  }
}
