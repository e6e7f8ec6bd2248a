// The catalogue that a page shows. It moves too: a lot may be added while the sale runs, offered again
// at another opening, or amended before it opens. What the picture has and it does not cover is read again.

import { effect, signal, untracked } from '../vendor/signals-core.js';
import { ask, catalogue } from './http.js';
import { lotOf } from './wire.js';

/** Within this time a crowd of pages spreads its reading, and a page that failed tries again. */
const SPREAD_MS = 2_000;

/** @typedef {import('./wire.js').Lot} Lot */

/** Counts the terms that a lot has had: attempts and amendments only become more. @param {Lot} lot */
const versionOf = (lot) => lot.attempt + lot.amendments;

export class Book {
  /** Terms by lot. @type {import('./picture.js').Signal<Map<number, any>>} */
  lots;
  #sale;
  #picture;
  /** Which version of the terms of a lot is known; the first, unless said. @type {Map<number, number>} */
  #versions = new Map();
  /** What the whole catalogue reflects. */
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
    effect(() => { if (this.#missing().length > 0) this.#read(); });
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
    if (versionOf(lot) <= (this.#versions.get(lot.lot) ?? 1)) return true;
    if (lot.revision > this.#revision) return false;
    this.#versions.set(lot.lot, versionOf(lot));
    return true;
  }

  /** The lots of the picture that it does not cover. */
  #missing() {
    return this.#picture.order.value.filter((lot) => !this.#covers(this.#picture.lot(lot).value));
  }

  /** One reading at a time; whatever is missing after it is asked for by the next. */
  #read() {
    if (this.#reading) return;
    this.#reading = true;
    setTimeout(async () => {
      const [lot] = untracked(() => this.#missing());
      const isRead = lot === undefined || await (this.lots.peek().has(lot) ? this.#readLot(lot) : this.#readAll());
      this.#reading = false;
      this.#failures = isRead ? 0 : Math.min(this.#failures + 1, 4);
      if (!isRead || untracked(() => this.#missing().length > 0)) this.#read();
    }, Math.random() * SPREAD_MS * 2 ** this.#failures);
  }

  /** Lots were added: titles and all. */
  async #readAll() {
    const read = await catalogue(this.#sale);
    if (!read) return false;
    this.#versions.clear();
    this.#revision = read.revision;
    this.lots.value = read.lots;
    return true;
  }

  /** A lot is offered again, or was amended. @param {number} lot */
  async #readLot(lot) {
    const outcome = await ask(`/api/sales/${this.#sale}/lots/${lot}`);
    if (!outcome.ok) return false;
    this.#versions.set(lot, versionOf(lotOf(outcome.body.view ?? {})));
    this.lots.value = new Map(this.lots.peek()).set(lot, outcome.body.terms ?? {});
    return true;
  }
}
