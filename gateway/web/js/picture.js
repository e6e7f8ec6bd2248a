// The picture of one sale: what the last frame said, kept by the rules of docs/PROTOCOL.md. Anything
// that is not newer than what it holds is ignored; a gap is reported and changes nothing.

import { batch, signal } from '../vendor/signals-core.js';
import { big, boardOf, cursorOf, lotOf, mineOf } from './wire.js';

/** @typedef {import('./wire.js').Lot} Lot */
/** @typedef {'applied' | 'old' | 'gap'} Reception */
/**
 * @template T
 * @typedef {import('../vendor/signals-core.js').Signal<T>} Signal
 */

export class Picture {
  /** Where it stands; null before the first snapshot. @type {import('./wire.js').Cursor | null} */
  cursor = null;
  /** The revision of the page that it began with, until the other lots are known too. @type {bigint | null} */
  beganAt = null;
  /** @type {Signal<import('./wire.js').Board | null>} */
  board = signal(null);
  /** The lots in the order of the sale. @type {Signal<number[]>} */
  order = signal([]);
  /** @type {Signal<import('./wire.js').Mine | null>} */
  mine = signal(null);
  #mineRevision = -1n;
  /** @type {Map<number, Signal<Lot | null>>} */
  #lots = new Map();

  /**
   * The signal of a lot; it holds null until the lot is known.
   * @param {number} lot
   * @returns {Signal<Lot | null>}
   */
  lot(lot) {
    let known = this.#lots.get(lot);
    if (!known) this.#lots.set(lot, (known = signal(/** @type {Lot | null} */ (null))));
    return known;
  }

  /** @param {import('./wire.js').Json} frame @returns {Reception} */
  snapshot(frame) {
    const cursor = cursorOf(frame.cursor);
    const held = this.cursor;
    if (held && cursor.epoch === held.epoch && cursor.revision < held.revision) return 'old';
    // Of another epoch: perhaps another history, in which what was private to this bidder is unknown.
    // The server tells it anew after each snapshot.
    if (held && cursor.epoch !== held.epoch) this.#mineRevision = -1n;
    this.cursor = cursor;
    this.beganAt = null;
    batch(() => {
      this.board.value = boardOf(frame.board ?? {});
      const named = new Set();
      for (const view of frame.lots ?? []) {
        this.lot(view.lot ?? 0).value = lotOf(view);
        named.add(view.lot ?? 0);
      }
      for (const [number, known] of this.#lots) if (!named.has(number)) known.value = null;
      this.#arrange(named);
    });
    return 'applied';
  }

  /**
   * What came with the page: one lot, and where the line goes on from there. The others are not known yet.
   * @param {{cursor: import('./wire.js').Json, board: import('./wire.js').Json, view: import('./wire.js').Json}} told
   */
  begin({ cursor, board, view }) {
    if (this.cursor) return;
    this.cursor = cursorOf(cursor);
    this.beganAt = this.cursor.revision;
    batch(() => {
      this.board.value = boardOf(board);
      this.lot(view.lot ?? 0).value = lotOf(view);
      this.#arrange(new Set([view.lot ?? 0]));
    });
  }

  /**
   * The other lots, of a snapshot that was asked for beside the line: whatever the line has told since is
   * newer. One from before this picture began lacks what happened in between.
   * @param {import('./wire.js').Json} frame @returns {Reception}
   */
  rest(frame) {
    const cursor = cursorOf(frame.cursor);
    if (this.beganAt === null) return 'applied';
    if (!this.cursor || cursor.epoch !== this.cursor.epoch || cursor.revision < this.beganAt) return 'old';
    this.beganAt = null;
    batch(() => {
      for (const view of frame.lots ?? []) {
        const known = this.lot(view.lot ?? 0);
        const lot = lotOf(view);
        if (!known.value || lot.revision > known.value.revision) known.value = lot;
      }
      this.#arrange(new Set(this.order.value));
    });
    return 'applied';
  }

  /** @param {import('./wire.js').Json} frame @returns {Reception} */
  update(frame) {
    const held = this.cursor;
    if (!held) return 'gap';
    const [from, to] = [big(frame.from), big(frame.to)];
    if (to <= held.revision) return 'old';
    if (from > held.revision) return 'gap';
    this.cursor = { epoch: big(frame.epoch) || held.epoch, revision: to };
    batch(() => {
      for (const view of frame.lots ?? []) {
        const known = this.lot(view.lot ?? 0);
        const lot = lotOf(view);
        if (!known.value || lot.revision >= known.value.revision) known.value = lot;
      }
      if (frame.board) this.board.value = boardOf(frame.board);
      if (frame.board || (frame.lots ?? []).length) this.#arrange(new Set(this.order.value));
    });
    return 'applied';
  }

  /** @param {import('./wire.js').Json} frame @returns {Reception} */
  own(frame) {
    const revision = big(frame.revision);
    if (revision < this.#mineRevision) return 'old';
    this.#mineRevision = revision;
    this.mine.value = mineOf(frame);
    return 'applied';
  }

  /** The sale's order first, then any lot that it does not name. @param {Set<number>} named */
  #arrange(named) {
    const order = [...(this.board.value?.order ?? [])];
    const placed = new Set(order);
    const others = [...new Set([...named, ...this.#lots.keys()])]
      .filter((lot) => !placed.has(lot) && this.lot(lot).peek())
      .sort((a, b) => a - b);
    const next = [...order, ...others];
    const same = next.length === this.order.value.length && next.every((lot, at) => lot === this.order.value[at]);
    if (!same) this.order.value = next;
  }
}
