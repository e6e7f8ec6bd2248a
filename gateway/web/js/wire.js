// From the JSON of the contract to what the pages work with: absent fields get their defaults, money
// and revisions become BigInt, times stay microseconds as numbers (they are exact below 2^53).

/** @typedef {{bid: number, paddle: number, origin: string, shown: bigint, at: number, gone?: boolean}} BidLine gone: it was voided */
/** @typedef {{paddle: number, amount: bigint, until: number, held: number}} Held held: its number, which names it */
/** @typedef {{paddle: number, price: bigint, until: number}} Offer */
/** @typedef {{leader: number, price: bigint}} LeadsTo */
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
 * @property {number} warnedAt
 * @property {string} outcome
 * @property {string} decision why the committee decides
 * @property {LeadsTo | null} reckoned the standing without void bids, of a lot for decision
 * @property {BidLine | null} last
 * @property {number} lastBid number of the last bid, over all attempts; 0: none
 * @property {bigint} ceiling
 * @property {number} amendments R14: how often its terms have been amended
 * @property {Offer | null} offer
 * @property {Held | null} held
 * @property {bigint} reserve
 * @property {string} note
 * @property {number} remains
 */
/**
 * How a lot stands, or would: the part of it that an act settles.
 * @typedef {Pick<Lot, 'phase' | 'leader' | 'price' | 'ask' | 'endsAt' | 'outcome' | 'decision' | 'offer' | 'lastBid' | 'warnings'>} Standing
 */
/** @typedef {{lot: number, before: Standing, after: Standing, baseDecides: boolean, leadsTo: LeadsTo | null}} LotPreview */
/** @typedef {{answer: Json, lots: LotPreview[]}} Preview answer: why it would be refused, as an answer says it */
/**
 * @typedef {object} Board
 * @property {'DRAFT' | 'ANNOUNCED' | 'OPEN' | 'PAUSED' | 'ENDED'} phase
 * @property {string} pauseReason
 * @property {'' | 'STAFF' | 'OUTAGE' | 'CLOCK'} pauseCause
 * @property {number[]} order
 * @property {number} opensAt
 * @property {number} amendments R14: how often its terms have been amended
 */
/** @typedef {{epoch: bigint, revision: bigint}} Cursor */
/** @typedef {{paddle: number, limit: bigint, exposure: bigint, maxima: Map<number, bigint>, present: boolean}} Mine */
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

/** @param {Json | undefined} held @returns {Held | null} */
const heldOf = (held) =>
  held ? { paddle: held.paddle ?? 0, amount: big(held.amount), until: time(held.until), held: held.held ?? 0 } : null;

/** @param {Json | undefined} offer @returns {Offer | null} */
const offerOf = (offer) => (offer ? { paddle: offer.paddle ?? 0, price: big(offer.price), until: time(offer.until) } : null);

/** @param {Json | undefined} to @returns {LeadsTo | null} */
const leadsToOf = (to) => (to ? { leader: to.leader ?? 0, price: big(to.price) } : null);

/** What a lot and a standing that it would come to have in common. @param {Json} view @returns {Standing} */
const standingOf = (view) => ({
  phase: /** @type {Lot['phase']} */ (word(view.phase, 'LOT_PHASE_', 'UPCOMING')),
  price: big(view.price),
  ask: big(view.ask),
  leader: view.leader ?? 0,
  endsAt: time(view.endsAt),
  outcome: word(view.outcome, 'LOT_OUTCOME_', ''),
  decision: word(view.decision, 'DECISION_CAUSE_', ''),
  offer: offerOf(view.offer),
  lastBid: view.lastBid ?? 0,
  warnings: view.warnings ?? 0,
});

/** R0: what an act names, of a lot as it was shown. @param {Lot} lot */
export const seenOf = (lot) => ({ bid: lot.lastBid, leader: lot.leader, price: String(lot.price) });

/** @param {Json} told @returns {Preview} */
export function previewOf(told) {
  const lots = (told.lots ?? []).map((/** @type {Json} */ lot) => ({
    lot: lot.lot ?? 0, before: standingOf(lot.before ?? {}), after: standingOf(lot.after ?? {}), baseDecides: lot.baseDecides ?? false, leadsTo: leadsToOf(lot.leadsTo),
  }));
  return { answer: told, lots };
}

/** @param {Json} view @returns {Lot} */
export function lotOf(view) {
  return {
    ...standingOf(view),
    lot: view.lot ?? 0,
    revision: big(view.revision),
    attempt: view.attempt ?? 0,
    bids: view.bids ?? 0,
    opensAt: time(view.opensAt),
    extensions: view.extensions ?? 0,
    last: bidLine(view.last),
    reckoned: leadsToOf(view.reckoned),
    warnedAt: time(view.warnedAt),
    ceiling: big(view.ceiling),
    amendments: view.amendments ?? 0,
    held: heldOf(view.held),
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
    amendments: view.amendments ?? 0,
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
    present: mine.present ?? false,
  };
}

/** @param {Json | undefined} cursor @returns {Cursor} */
export const cursorOf = (cursor) => ({ epoch: big(cursor?.epoch), revision: big(cursor?.revision) });
