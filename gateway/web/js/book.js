// The catalogue that a page shows. It moves too: a lot may be added while the sale runs, or offered again
// at another opening. It is read again when the picture has a lot that it does not cover.

import { effect, signal } from '../vendor/signals-core.js';
import { catalogue } from './http.js';

/** Within this time a crowd of pages spreads its reading, and a page that failed tries again. */
const SPREAD_MS = 2_000;

/** @typedef {import('./wire.js').Lot} Lot */

export class Book {
  /** Terms by lot. @type {import('./picture.js').Signal<Map<number, any>>} */
  lots;
  #sale;
  #picture;
  /** Up to which attempt the terms of a lot are known. @type {Map<number, number>} */
  #attempts = new Map();
  #revision;
  #reading = false;
  #failures = 0;

  /**
   * @param {string} sale
   * @param {{lots: Map<number, any>, revision: bigint}} read what has been read
   * @param {import('./picture.js').Picture} picture
   */
  constructor(sale, read, picture) {
    this.#sale = sale;
    this.#picture = picture;
    this.#revision = read.revision;
    this.lots = signal(read.lots);
    effect(() => { if (picture.order.value.some((lot) => !this.#covers(picture.lot(lot).value))) this.#read(); });
  }

  /** The terms of a lot, as far as they are known. @param {number} lot */
  of(lot) {
    return this.lots.value.get(lot) ?? {};
  }

  /**
   * What stands where a price would: while the opening is not known, what is asked.
   * @param {Lot} lot
   */
  opening(lot) {
    const opening = this.lots.value.get(lot.lot)?.english?.opening;
    if (opening !== undefined && this.#covers(lot)) return BigInt(opening);
    return lot.phase === 'OPEN' ? lot.ask : 0n;
  }

  /** @param {Lot | null} lot */
  #covers(lot) {
    if (!lot) return true;
    if (!this.lots.value.has(lot.lot)) return false;
    if (lot.attempt <= (this.#attempts.get(lot.lot) ?? 1)) return true;
    if (lot.revision > this.#revision) return false;
    this.#attempts.set(lot.lot, lot.attempt);
    return true;
  }

  /** One reading at a time; whatever is missing after it is asked for by the next. */
  #read() {
    if (this.#reading) return;
    this.#reading = true;
    setTimeout(async () => {
      const known = this.#picture.order.peek().map((lot) => this.#picture.lot(lot).peek());
      const read = await catalogue(this.#sale);
      this.#reading = false;
      if (!read) {
        this.#failures = Math.min(this.#failures + 1, 4);
        return this.#read();
      }
      this.#failures = 0;
      // Asked for after the picture was: it reflects at least what the picture then said.
      for (const lot of known) if (lot) this.#attempts.set(lot.lot, lot.attempt);
      this.#revision = read.revision;
      this.lots.value = read.lots;
    }, Math.random() * SPREAD_MS * 2 ** this.#failures);
  }
}
