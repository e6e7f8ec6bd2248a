// The engine's time, as this page knows it. The device's clock is used for how much time has passed,
// never for what time it is.

/** Microseconds since this page began, which no change of the device's clock can move. */
const elapsed = () => performance.now() * 1000;

export class Clock {
  /** Engine time minus elapsed time, in microseconds; undefined until the first word of the engine. */
  #offset = /** @type {number | undefined} */ (undefined);
  /** Half of the round trip that the offset was measured with: how wrong it may be. */
  uncertainty = Infinity;
  #measuredAt = 0;

  /** Engine time now, microseconds since 1970 UTC; undefined when it is not known yet. */
  now() {
    return this.#offset === undefined ? undefined : elapsed() + this.#offset;
  }

  /** A mark for `measured`, sent with a ping. */
  mark() {
    return elapsed();
  }

  /**
   * A frame carried the engine's time. It left some time ago, so the engine is at least there.
   * @param {number} time
   */
  heard(time) {
    const least = time - elapsed();
    if (this.#offset === undefined || least > this.#offset) this.#offset = least;
  }

  /**
   * A ping came back: the engine's time lies in the middle of the round trip, give or take half.
   * @param {number} sent the mark of the ping
   * @param {number} time the engine's
   */
  measured(sent, time) {
    const now = elapsed();
    const half = (now - sent) / 2;
    const aged = now - this.#measuredAt > 60e6;
    if (half > this.uncertainty && !aged) return;
    this.#offset = time + half - now;
    this.uncertainty = half;
    this.#measuredAt = now;
  }
}
