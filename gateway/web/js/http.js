// The HTTP interface: JSON in, JSON out, a `Fault` when it does not work.

/** @typedef {{ok: true, body: any} | {ok: false, status: number, fault: any}} Outcome */

/** How long an answer may take that is a few bytes, and whose asker can ask again. */
export const SOON_MS = 5_000;
/** The same for a long catalogue or history over a poor line. */
const PATIENCE_MS = 20_000;

/**
 * Sends JSON, or bytes as they are.
 * @param {string} path
 * @param {{method?: string, body?: unknown, patience?: number}} [options] patience in milliseconds
 * @returns {Promise<Outcome>}
 */
export async function ask(path, { method = 'GET', body, patience = PATIENCE_MS } = {}) {
  try {
    const answer = await fetch(path, {
      method,
      signal: AbortSignal.timeout?.(patience),
      credentials: 'same-origin',
      headers: body === undefined ? {} : { 'content-type': body instanceof ArrayBuffer ? 'application/octet-stream' : 'application/json' },
      body: body === undefined || body instanceof ArrayBuffer ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const json = text ? JSON.parse(text) : null;
    return answer.ok ? { ok: true, body: json } : { ok: false, status: answer.status, fault: json };
  } catch {
    return { ok: false, status: 0, fault: null };
  }
}

/**
 * The terms of a sale and of its lots, by number, as of a revision.
 * @param {string} sale
 */
export async function catalogue(sale) {
  const outcome = await ask(`/api/sales/${sale}`);
  if (!outcome.ok) return null;
  /** @type {Map<number, any>} */
  const lots = new Map();
  for (const entry of outcome.body.lots ?? []) lots.set(entry.lot ?? 0, entry.terms ?? {});
  return { terms: outcome.body.terms ?? {}, lots, revision: BigInt(outcome.body.revision ?? 0), first: null };
}

/** Pages of 500 that are read of one history: more than any lot has bids. */
const PAGES_MAX = 400;

/**
 * The history of a lot, oldest first, page after page. Whole or null: what is cut off would end in a
 * state that never was the last.
 * @param {string} sale
 * @param {number} lot
 * @param {string} [after] a revision, for what has happened since
 */
export async function history(sale, lot, after = '') {
  const events = [];
  let query = after && `?after=${after}`;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const outcome = await ask(`/api/sales/${sale}/lots/${lot}/history${query}`);
    if (!outcome.ok) return null;
    events.push(...(outcome.body?.events ?? []));
    if (!outcome.body?.next) return events;
    query = `?after=${outcome.body.next}`;
  }
  return null;
}
