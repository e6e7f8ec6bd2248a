// Which amount a press of the large button means: the one that its sender had seen.

/** An amount that has stood for less than this has not been read: the press meant what stood there before. */
export const UNREAD_MS = 400;

/**
 * A press on a button leaves the focus, and with it the keyboard of a phone, where it is: nothing moves
 * under the finger.
 * @param {Event} event
 */
export const keepFocus = (event) => {
  if (event.target instanceof Element && event.target.closest('button')) event.preventDefault();
};

export class Press {
  /** What the button offers now; null: nothing. @type {bigint | null} */
  #offered = null;
  #since = -Infinity;
  /** What it offered when a finger or a mouse came down on it; undefined: none is down. @type {bigint | null | undefined} */
  #held = undefined;

  /** The button is drawn with this amount. @param {bigint | null} amount @param {number} now */
  shows(amount, now) {
    if (amount === this.#offered) return;
    this.#offered = amount;
    this.#since = now;
  }

  /** Whether what it shows can have been read. @param {number} now */
  isRead(now) {
    return now - this.#since >= UNREAD_MS;
  }

  /** @param {number} now */
  down(now) {
    this.#held = this.isRead(now) ? this.#offered : null;
  }

  /** The finger or the mouse went elsewhere. */
  leave() {
    this.#held = undefined;
  }

  /**
   * The press is complete.
   * @param {number} now
   * @param {boolean} pointed by finger or mouse; else by a key or a screen reader, which press at once
   * @returns {bigint | null} the amount that is meant; null: none
   */
  take(now, pointed) {
    const held = pointed ? this.#held : undefined;
    this.#held = undefined;
    if (this.#offered === null) return null;
    if (held !== undefined) return held;
    return this.isRead(now) ? this.#offered : null;
  }
}
