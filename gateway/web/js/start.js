// What a room cannot begin without: texts, catalogue, and who is here. Without an answer nobody is taken
// for a mere watcher: the page says that it waits, and asks again.

import { sale } from './env.js';
import { SOON_MS, ask, catalogue } from './http.js';
import { loadTexts } from './l10n.js';

/** Pauses between attempts. */
const [LEAST_MS, MOST_MS] = [1_000, 5_000];

/** @typedef {{role: string, account: string, sale: string, paddle: number}} Who */

/** @returns {Promise<Who>} */
async function whoIsHere() {
  const outcome = await ask('/api/session', { patience: SOON_MS });
  if (!outcome.ok) throw new Error(`who is here: ${outcome.status}`);
  const told = outcome.body ?? {};
  const role = String(told.role ?? 'WATCHER').replace(/^ROLE_/, '').toUpperCase();
  return { role, account: told.account ?? '', sale: told.sale ?? '', paddle: told.paddle ?? 0 };
}

/** What the server wrote into the page: the sale's terms and one lot. @returns {any} */
function written() {
  const place = document.getElementById('first');
  return place?.textContent ? JSON.parse(place.textContent) : null;
}

async function book() {
  const first = written();
  if (first) {
    const { terms, board, cursor, lot } = first;
    const lots = new Map([[lot.view.lot ?? 0, lot.terms]]);
    return { terms, lots, revision: BigInt(cursor.revision ?? 0), first: { board, cursor, view: lot.view } };
  }
  const read = await catalogue(sale);
  if (!read) throw new Error('the catalogue was not read');
  return read;
}

/**
 * Reads what a page begins with, until it is there. @template T @param {() => Promise<T>} read @returns {Promise<T>}
 */
async function until(read) {
  const retries = document.getElementById('room-retries');
  for (;;) {
    try {
      const found = await read();
      retries?.setAttribute('hidden', '');
      return found;
    } catch (problem) {
      console.warn(problem);
      retries?.removeAttribute('hidden');
      await new Promise((done) => { setTimeout(done, LEAST_MS + Math.random() * (MOST_MS - LEAST_MS)); });
    }
  }
}

/**
 * @param {...('ar' | 'en')} languages as for `loadTexts`
 */
export const begin = (...languages) => until(async () => {
  const [who, read] = await Promise.all([whoIsHere(), book(), loadTexts(...languages)]);
  return { who, read };
});

/** The same for a page of no sale. */
export const comeIn = () => until(async () => (await Promise.all([whoIsHere(), loadTexts()]))[0]);
