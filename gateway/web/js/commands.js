// Commands on their way: each has one id and one text for ever. They are kept in the tab's storage and
// offered again, the same bytes, until somebody answers; so a cut line or a reload loses nothing. One
// that has grown old is asked about instead: it is never carried out on a picture nobody sees any more.

import { signal } from '../vendor/signals-core.js';

/** How long a bid may be offered again unasked: its amount is what its sender meant, whatever happened since. */
const BID_FRESH_MS = 30_000;
/** The same for every other act: a hammer was meant for the picture its sender saw. */
const ACT_FRESH_MS = 3_000;
const REPEAT_MS = 5_000;
const LOG_LENGTH = 50;

/**
 * @typedef {object} Pending
 * @property {string} id
 * @property {string} act
 * @property {Record<string, any>} body
 * @property {string} text the frame, byte for byte
 * @property {number} madeAt wall clock of this device, only to know whether it is stale
 * @property {number} sentAt
 */
/** @typedef {{kind: 'answer', answer: any} | {kind: 'fault', fault: any} | {kind: 'lost'}} Result */
/** @typedef {{id: string, act: string, body: Record<string, any>, result: Result}} Entry */

/** A uuid, also where the page is not a secure context (a hall's plain http address). */
export function newId() {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export class Commands {
  /** @type {import('./picture.js').Signal<Pending[]>} */
  pending = signal([]);
  /** Newest first. @type {import('./picture.js').Signal<Entry[]>} */
  log = signal([]);
  #store;
  #sale;
  #account;
  /** Set by the line: puts a frame on the wire, false when there is no line. @type {(text: string) => boolean} */
  send = () => false;
  /** Set by the page: what came of a command. @type {(entry: Entry) => void} */
  settled = () => {};

  /**
   * @param {string} sale
   * @param {string} [account] whose they are: on a shared device the next person's tab must not offer them
   * @param {Pick<Storage, 'getItem' | 'setItem'>} [storage]
   */
  constructor(sale, account = '', storage) {
    this.#sale = sale;
    this.#account = account;
    this.#store = storage;
    try {
      const kept = JSON.parse(storage?.getItem(this.#key) ?? '[]');
      if (Array.isArray(kept)) this.pending.value = kept.map((item) => ({ ...item, sentAt: 0 }));
    } catch { /* what was kept cannot be read: nothing waits */ }
  }

  get #key() {
    return `mazad.pending.${this.#sale}.${this.#account}`;
  }

  /**
   * A new intent.
   * @param {string} act name of the act, as in the schema's JSON
   * @param {Record<string, any>} body
   * @returns {string} its id
   */
  issue(act, body) {
    const id = newId();
    const text = JSON.stringify({ command: { id, sale: this.#sale, [act]: body } });
    /** @type {Pending} */
    const item = { id, act, body, text, madeAt: Date.now(), sentAt: 0 };
    this.#keep([...this.pending.value, item]);
    this.#offer(item);
    return id;
  }

  /** The line is there (again): offer what waits. */
  resume() {
    for (const item of this.pending.value) this.#offer(item);
  }

  /** Now and then, while the line stands: what got no answer is offered again. */
  tick() {
    const now = performance.now();
    for (const item of this.pending.value) if (now - item.sentAt > REPEAT_MS) this.#offer(item);
  }

  /** @param {Pending} item */
  #offer(item) {
    if (!this.pending.value.includes(item)) return;
    const age = Date.now() - item.madeAt;
    // Below zero the device's clock was set back: nobody knows how old it is.
    const stale = age < 0 || age > (item.act === 'placeBid' ? BID_FRESH_MS : ACT_FRESH_MS);
    const text = stale ? JSON.stringify({ lookup: { sale: this.#sale, id: item.id } }) : item.text;
    if (this.send(text)) item.sentAt = performance.now();
  }

  /** @param {any} answer */
  answered(answer) {
    this.#settle(answer.id, { kind: 'answer', answer });
  }

  /**
   * No answer yet. As long as repeating helps nobody knows what became of it: it is offered, or asked
   * about, again, however old it is. Only a fault that is final settles it.
   * @param {any} fault
   */
  faulted(fault) {
    const item = this.pending.value.find((waiting) => waiting.id === fault.id);
    if (!item) return;
    if (fault.retryMs) setTimeout(() => this.#offer(item), fault.retryMs * (1 + Math.random() / 2));
    else this.#settle(item.id, { kind: 'fault', fault });
  }

  /** The engine never saw it, and it is too old to be sent unasked. @param {string} id */
  notSeen(id) {
    this.#settle(id, { kind: 'lost' });
  }

  /** @param {string} id @param {Result} result */
  #settle(id, result) {
    const item = this.pending.value.find((waiting) => waiting.id === id);
    if (!item) return;
    this.#keep(this.pending.value.filter((waiting) => waiting.id !== id));
    const entry = { id, act: item.act, body: item.body, result };
    this.log.value = [entry, ...this.log.value].slice(0, LOG_LENGTH);
    this.settled(entry);
  }

  /** @param {Pending[]} items */
  #keep(items) {
    this.pending.value = items;
    try {
      this.#store?.setItem(this.#key, JSON.stringify(items));
    } catch { /* storage is full or forbidden: the tab's memory still has them */ }
  }
}
