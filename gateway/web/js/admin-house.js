// What the page of the house knows: sales, people and the last backup, read again and again; and the links
// that were made since it was opened, which nobody can read a second time.

import { signal } from '../vendor/signals.js';
import { newId } from './commands.js';
import { ask } from './http.js';
import { said, t } from './l10n.js';

/** How often it is read again while somebody looks. */
const LOOK_MS = 15_000;

/** @typedef {{sale: string, title: any, currency: string, timeZone: string, phase: string, opensAt: string, lots: number, open: number, knockedDown: number}} SaleLine */
/** @typedef {{id: string, expiresAt: string}} Until */
/** @typedef {{account: string, role: string, sale?: string, paddle?: number, label: string, disabled: boolean, invite?: Until, tokens: Until[]}} PersonLine */
/** @typedef {{link: string, qrSvg: string, expiresAt: string, account: string, invite: string, role: string, sale: string, paddle: number, label: string}} Made */

/** Why something was not done, in words. @param {{status: number, fault: any}} outcome */
export const whyNot = ({ status, fault }) => (status === 0 ? t('enter-offline') : said(fault?.message) || t('fault-other', { code: fault?.code ?? String(status) }));

/** @param {number} ms */
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
/** A request that the server asks to repeat later is repeated so often. */
const TRIES_MAX = 20;

/** Sends something, as often as it is asked to wait. @param {string} path @param {unknown} body @returns {Promise<import('./http.js').Outcome>} */
export async function send(path, body) {
  for (let tries = 1; ; tries += 1) {
    const outcome = await ask(path, { method: 'POST', body });
    const wait = outcome.ok ? 0 : outcome.fault?.retryMs ?? 0;
    // Whether something was done is not known then: it is for a person to look.
    if (!wait || tries === TRIES_MAX || (!outcome.ok && outcome.fault?.code === 'outcome-unknown')) return outcome;
    await pause(wait);
  }
}

export class House {
  /** @type {import('./picture.js').Signal<SaleLine[]>} */
  sales = signal(/** @type {SaleLine[]} */ ([]));
  /** @type {import('./picture.js').Signal<PersonLine[]>} */
  people = signal(/** @type {PersonLine[]} */ ([]));
  /** Where the list of people goes on; empty: it is whole. */
  next = signal('');
  /** @type {import('./picture.js').Signal<any>} */
  backup = signal(/** @type {any} */ (null));
  /** Links that were made here. @type {import('./picture.js').Signal<Made[]>} */
  made = signal(/** @type {Made[]} */ ([]));
  /** Whether the last look found everything. */
  isCurrent = signal(true);
  /** How many pages of people are shown. */
  #pages = 1;

  /** @param {import('./start.js').Who} who */
  constructor(who) {
    this.account = who.account;
    this.isAdmin = who.role === 'ADMIN';
  }

  /** Reads everything that may have changed. */
  async look() {
    const looks = [this.#lookAt('/api/sales', (body) => { this.sales.value = body.sales; })];
    if (this.isAdmin) {
      looks.push(this.#lookAtPeople());
      looks.push(this.#lookAt('/api/v1/backup', (body) => { this.backup.value = body; }));
    }
    this.isCurrent.value = (await Promise.all(looks)).every(Boolean);
  }

  /** @param {string} path @param {(body: any) => void} take */
  async #lookAt(path, take) {
    const outcome = await ask(path);
    if (outcome.ok) take(outcome.body);
    return outcome.ok;
  }

  async #lookAtPeople() {
    const people = [];
    let after = '';
    for (let page = 0; page < this.#pages; page += 1) {
      const outcome = await ask(`/api/people${after && `?after=${after}`}`);
      if (!outcome.ok) return false;
      people.push(...outcome.body.people);
      after = outcome.body.next ?? '';
      if (!after) break;
    }
    this.people.value = people;
    this.next.value = after;
    return true;
  }

  async more() {
    this.#pages += 1;
    await this.#lookAtPeople();
  }

  keepLooking() {
    setInterval(() => { if (!document.hidden) this.look(); }, LOOK_MS);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.look(); });
  }

  /** Has something done, and looks what came of it; answers what is wrong. @param {string} path @param {unknown} body */
  async do(path, body) {
    const outcome = await send(path, body);
    await this.look();
    return outcome.ok ? '' : whyNot(outcome);
  }

  /** Makes a link, and keeps it until the page is left; answers what is wrong. @param {any} body as of `POST /api/invites` @param {string} [label] */
  async invite(body, label = body.label ?? '') {
    const outcome = await send('/api/invites', body);
    if (!outcome.ok) return whyNot(outcome);
    const { link, qrSvg, expiresAt, account, invite } = outcome.body;
    const made = { link, qrSvg, expiresAt, account, invite, label, role: body.role.replace(/^ROLE_/, ''), sale: body.sale ?? '', paddle: body.paddle ?? 0 };
    // The earlier link of the same person has ended by this one.
    this.made.value = [...this.made.value.filter((other) => other.account !== account), made];
    return '';
  }

  /** Makes a draft public; answers what is wrong. @param {string} sale */
  async publish(sale) {
    const outcome = await send(`/api/sales/${sale}/commands`, { id: newId(), sale, publishSale: {} });
    await this.look();
    if (!outcome.ok) return whyNot(outcome);
    return outcome.body.verdict === 'VERDICT_ACCEPTED' ? '' : said(outcome.body.message) || String(outcome.body.code ?? '');
  }

  /** @param {string} id */
  saleOf(id) {
    return this.sales.value.find(({ sale }) => sale === id);
  }

  /** @param {string} id */
  titleOf(id) {
    return said(this.saleOf(id)?.title);
  }
}
