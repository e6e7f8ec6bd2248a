// From the JSON of the contract to what the pages work with: absent fields get their defaults, money
// and revisions become BigInt, times stay microseconds as numbers (they are exact below 2^53).

/** @typedef {{bid: number, paddle: number, origin: string, shown: bigint, at: number, gone?: boolean}} BidLine gone: it was voided */
/** @typedef {{paddle: number, amount: bigint, until: number}} Waiting */
/**
 * @typedef {object} Lot
 * @property {number} lot
 * @property {bigint} revision
 * @property {'UPCOMING' | 'OPEN' | 'CLOSED'} phase
 * @property {number} attempt
 * @property {bigint} price
 * @property {bigint} ask
 * @property {number} leader
 * @property {number} bids
 * @property {number} opensAt
 * @property {number} endsAt
 * @property {number} extensions
 * @property {number} warnings
 * @property {string} outcome
 * @property {BidLine | null} last
 * @property {Waiting | null} offer
 * @property {Waiting | null} held
 * @property {bigint} reserve
 * @property {string} note
 * @property {number} remains
 */
/**
 * @typedef {object} Board
 * @property {'ANNOUNCED' | 'OPEN' | 'PAUSED' | 'ENDED'} phase
 * @property {string} pauseReason
 * @property {'' | 'STAFF' | 'OUTAGE'} pauseCause
 * @property {number[]} order
 * @property {number} opensAt
 */
/** @typedef {{epoch: bigint, revision: bigint}} Cursor */
/** @typedef {{paddle: number, limit: bigint, exposure: bigint, maxima: Map<number, bigint>}} Mine */
/** @typedef {Record<string, any>} Json */

/** @param {unknown} value */
export const big = (value) => (value === undefined || value === null ? 0n : BigInt(/** @type {string} */ (value)));
/** @param {unknown} value */
export const time = (value) => Number(value ?? 0);

/**
 * The last word of an enum value: LOT_PHASE_OPEN, of LOT_PHASE, is OPEN.
 * @param {unknown} value
 * @param {string} prefix
 * @param {string} absent
 */
export function word(value, prefix, absent) {
  const text = String(value ?? '');
  return text.startsWith(prefix) ? text.slice(prefix.length) : absent;
}

/** @param {Json | undefined} line @returns {BidLine | null} */
function bidLine(line) {
  if (!line) return null;
  return {
    bid: line.bid ?? 0,
    paddle: line.paddle ?? 0,
    origin: word(line.origin, 'BID_ORIGIN_', 'WEB'),
    shown: big(line.shown),
    at: time(line.at),
  };
}

/** @param {Json | undefined} waiting @returns {Waiting | null} */
const waits = (waiting) =>
  waiting ? { paddle: waiting.paddle ?? 0, amount: big(waiting.amount), until: time(waiting.until) } : null;

/** @param {Json} view @returns {Lot} */
export function lotOf(view) {
  return {
    lot: view.lot ?? 0,
    revision: big(view.revision),
    phase: /** @type {Lot['phase']} */ (word(view.phase, 'LOT_PHASE_', 'UPCOMING')),
    attempt: view.attempt ?? 0,
    price: big(view.price),
    ask: big(view.ask),
    leader: view.leader ?? 0,
    bids: view.bids ?? 0,
    opensAt: time(view.opensAt),
    endsAt: time(view.endsAt),
    extensions: view.extensions ?? 0,
    warnings: view.warnings ?? 0,
    outcome: word(view.outcome, 'LOT_OUTCOME_', ''),
    last: bidLine(view.last),
    offer: waits(view.offer),
    held: waits(view.held),
    reserve: big(view.reserve),
    note: view.note ?? '',
    remains: time(view.remains),
  };
}

/** @param {Json} view @returns {Board} */
export function boardOf(view) {
  return {
    phase: /** @type {Board['phase']} */ (word(view.phase, 'SALE_PHASE_', 'ANNOUNCED')),
    pauseReason: view.pauseReason ?? '',
    pauseCause: /** @type {Board['pauseCause']} */ (word(view.pauseCause, 'PAUSE_CAUSE_', '')),
    order: view.order ?? [],
    opensAt: time(view.opensAt),
  };
}

/** @param {Json} mine @returns {Mine} */
export function mineOf(mine) {
  const maxima = (mine.maxima ?? []).map((/** @type {Json} */ own) => [own.lot ?? 0, big(own.maximum)]);
  return {
    paddle: mine.paddle ?? 0,
    limit: big(mine.limit),
    exposure: big(mine.exposure),
    maxima: new Map(maxima),
  };
}

/** @param {Json | undefined} cursor @returns {Cursor} */
export const cursorOf = (cursor) => ({ epoch: big(cursor?.epoch), revision: big(cursor?.revision) });
