// The last bids of the lot on screen: from its public history, and on from there by the live line.

import { signal } from '../vendor/signals-core.js';
import { history } from './http.js';
import { big, word } from './wire.js';

/** @typedef {import('./wire.js').BidLine} BidLine */
/** @typedef {import('./wire.js').Lot} Lot */

const SHOWN = 12;
const AGAIN_MS = 2_000;

export class BidLines {
  /** Newest first. @type {import('./picture.js').Signal<BidLine[]>} */
  lines = signal([]);
  /** @type {import('./picture.js').Signal<'reading' | 'failed' | 'read'>} */
  state = signal('reading');
  #sale;
  /** The lot as it was last heard of. @type {Lot | null} */
  #lot = null;
  /** Revision up to which the history has been read. */
  #after = '';
  #reading = false;
  #again = false;

  /** @param {string} sale */
  constructor(sale) {
    this.#sale = sale;
  }

  /** The lot on screen, whenever it has moved. @param {Lot} lot */
  follow(lot) {
    const before = this.#lot;
    this.#lot = lot;
    if (before?.lot !== lot.lot) {
      this.#after = '';
      this.lines.value = [];
      this.state.value = 'reading';
      return void this.#read();
    }
    const more = (lot.last?.bid ?? 0) - (before.last?.bid ?? 0);
    const isPlain = lot.bids - before.bids === more && lot.attempt === before.attempt;
    if (isPlain && more === 1 && lot.last) this.#put(lot.last);
    // Bids that were merged on the way, a void, a new attempt: the history has it all.
    else if (!isPlain || more !== 0) this.#read();
  }

  /** One reading at a time, from where the last one ended. */
  async #read() {
    const lot = this.#lot?.lot;
    if (!lot) return;
    if (this.#reading) return void (this.#again = true);
    this.#reading = true;
    this.#again = false;
    const events = await history(this.#sale, lot, this.#after);
    this.#reading = false;
    if (this.#lot?.lot !== lot) return void this.#read();
    if (!events) {
      this.state.value = 'failed';
      return void setTimeout(() => this.#read(), AGAIN_MS * (1 + Math.random()));
    }
    for (const event of events) this.#fold(event);
    this.#after = events.at(-1)?.revision ?? this.#after;
    this.state.value = 'read';
    if (this.#again) this.#read();
  }

  /** @param {any} event */
  #fold({ kind, data, at }) {
    if (kind === 'BidAccepted') {
      this.#put({ bid: data?.bid ?? 0, paddle: data?.paddle ?? 0, origin: word(data?.origin, 'BID_ORIGIN_', 'WEB'), shown: big(data?.shown), at: Number(at ?? 0) });
    } else if (kind === 'BidVoided') {
      // R12b: lost eligibility strikes out every bid of its paddle.
      const paddle = this.lines.value.find((line) => line.bid === data?.bid)?.paddle;
      this.lines.value = this.lines.value.map((line) => (line.bid === data?.bid || (data?.allOfPaddle && line.paddle === paddle) ? { ...line, gone: true } : line));
    } else if (kind === 'LotReoffered') {
      // Bids of an earlier attempt do not stand; one of the new attempt may have been heard of already.
      this.lines.value = this.lines.value.filter((line) => line.at > Number(at ?? 0));
    }
  }

  /** @param {BidLine} line */
  #put(line) {
    const others = this.lines.value.filter((other) => other.bid !== line.bid);
    this.lines.value = [line, ...others].sort((a, b) => b.bid - a.bid).slice(0, SHOWN);
  }
}
