// The live line of one sale: connects, follows, notices silence, comes back by itself. What it hears
// goes into a `Picture`, a `Clock` and `Commands`; the pages only look at those.

import { signal } from '../vendor/signals-core.js';
import { Clock } from './clock.js';
import { Commands } from './commands.js';
import { ask } from './http.js';
import { Picture } from './picture.js';
import { time, word } from './wire.js';

/** Close codes after which coming back by itself would be wrong. */
const STOP = { 1000: 'bye', 1008: 'policy', 1009: 'policy', 4000: 'policy', 4001: 'session' };
const TICK_MS = 500;
const FIRST_PINGS = 3;

/** @typedef {'connecting' | 'live' | 'stale' | 'cut' | 'stopped'} LineState */
/** @typedef {{state: LineState, why: string}} Line */

export class Live {
  clock = new Clock();
  picture = new Picture();
  /** @type {import('./picture.js').Signal<Line>} */
  line = signal({ state: 'connecting', why: '' });
  /** The role the server granted on this line. */
  role = signal('');
  /** Faults that belong to no command, for the page to say. @type {import('./picture.js').Signal<any>} */
  fault = signal(null);
  #sale;
  #known;
  /** @type {WebSocket | null} */
  #socket = null;
  #heartbeat = 10_000;
  /** When the first ping went out that nothing has been heard since; 0: none. */
  #unansweredAt = 0;
  #pingAt = 0;
  #pings = 0;
  #tries = 0;
  #joining = false;
  #settled = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /**
   * @param {string} sale
   * @param {{known?: boolean}} [options] known: ask for a ticket, to be more than a watcher
   */
  constructor(sale, { known = false } = {}) {
    this.#sale = sale;
    this.#known = known;
    this.commands = new Commands(sale, known ? sessionStorage : undefined);
    this.commands.send = (text) => this.#settled && this.#put(text);
    setInterval(() => this.#tick(), TICK_MS);
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#hurry(); });
    this.#connect();
  }

  async #connect() {
    clearTimeout(this.#retry);
    let hello = null;
    if (this.#known) {
      const outcome = await ask('/api/tickets', { method: 'POST', body: {} });
      if (outcome.ok) hello = outcome.body.ticket;
      else if (outcome.status === 401 || outcome.status === 403) return this.#say('stopped', 'session');
      else return this.#later(1_000);
    }
    const address = new URL('/socket', location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, 'mazad.v1.json');
    this.#socket = socket;
    this.#settled = false;
    socket.onopen = () => {
      this.#heard();
      this.#pings = 0;
      if (hello) this.#put(JSON.stringify({ hello: { ticket: hello } }));
      this.#join();
      this.#ping();
    };
    socket.onmessage = (event) => { if (socket === this.#socket) this.#frame(JSON.parse(event.data)); };
    socket.onclose = (event) => { if (socket === this.#socket) this.#closed(event.code); };
  }

  #join() {
    const held = this.picture.cursor;
    const cursor = held && { epoch: String(held.epoch), revision: String(held.revision) };
    this.#joining = this.#put(JSON.stringify({ join: cursor ? { sale: this.#sale, cursor } : { sale: this.#sale } }));
  }

  #ping() {
    this.#pingAt = performance.now();
    this.#unansweredAt ||= this.#pingAt;
    this.#pings += 1;
    this.#put(JSON.stringify({ ping: { echo: String(Math.round(this.clock.mark())) } }));
  }

  /** @param {string} text */
  #put(text) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  #heard() {
    this.#unansweredAt = 0;
    if (this.line.value.state === 'stale') this.#say('live');
  }

  /** @param {any} frame */
  #frame(frame) {
    this.#heard();
    if (frame.welcome) this.#welcome(frame.welcome);
    else if (frame.snapshot) this.#moved(frame.snapshot, 'snapshot');
    else if (frame.update) this.#moved(frame.update, 'update');
    else if (frame.mine) { if (frame.mine.sale === this.#sale) this.picture.own(frame.mine); }
    else if (frame.answer) this.commands.answered(frame.answer);
    else if (frame.notSeen) this.commands.notSeen(frame.notSeen.id);
    else if (frame.pong) this.#pong(frame.pong);
    else if (frame.fault) {
      if (frame.fault.id) this.commands.faulted(frame.fault);
      else this.fault.value = frame.fault;
    }
  }

  /** @param {any} welcome */
  #welcome(welcome) {
    this.clock.heard(time(welcome.time));
    this.#heartbeat = welcome.heartbeatMs || this.#heartbeat;
    const role = word(welcome.role, 'ROLE_', 'WATCHER');
    this.role.value = role;
    if (this.#known && role === 'WATCHER') return;
    this.#settled = true;
  }

  /** @param {any} frame @param {'snapshot' | 'update'} kind */
  #moved(frame, kind) {
    if (frame.sale !== this.#sale) return;
    this.clock.heard(time(frame.time));
    const reception = this.picture[kind](frame);
    if (reception === 'gap') {
      if (!this.#joining) this.#join();
      return;
    }
    this.#joining = false;
    this.#tries = 0;
    if (this.line.value.state !== 'live') {
      this.#say('live');
      this.commands.resume();
    }
  }

  /** @param {any} pong */
  #pong(pong) {
    this.clock.measured(Number(pong.echo ?? 0), time(pong.time));
    if (this.#pings < FIRST_PINGS) this.#ping();
  }

  #tick() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const now = performance.now();
    // Counted from a question of our own: pings of the socket itself are invisible to a page, and in a
    // hidden tab this runs once a minute, which is no reason to call the line dead.
    const silent = this.#unansweredAt ? now - this.#unansweredAt : 0;
    if (silent > 2.25 * this.#heartbeat) {
      const socket = this.#socket;
      this.#closed(4003);
      socket.close();
      return;
    }
    if (silent > 1.25 * this.#heartbeat && this.line.value.state === 'live') this.#say('stale');
    if (now - this.#pingAt > 0.75 * this.#heartbeat) this.#ping();
    if (this.line.value.state === 'live') this.commands.tick();
  }

  /** @param {number} code */
  #closed(code) {
    this.#socket = null;
    this.#settled = false;
    this.#joining = false;
    const why = STOP[/** @type {keyof typeof STOP} */ (code)];
    if (why) return this.#say('stopped', why);
    const least = code === 1012 ? 1_000 : code === 4005 ? 5_000 : 0;
    const spread = code === 1012 ? 4_000 : Math.min(15_000, 500 * 2 ** this.#tries);
    this.#later(least + Math.random() * spread, code === 4005 ? 'halted' : '');
  }

  /** @param {number} wait @param {string} [why] */
  #later(wait, why = '') {
    this.#tries += 1;
    this.#say('cut', why);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  /** The device is back on a network, or the reader is back at the page: do not wait out the pause. */
  #hurry() {
    if (this.line.value.state === 'cut') this.#connect();
    else this.#tick();
  }

  /** @param {LineState} state @param {string} [why] */
  #say(state, why = '') {
    this.line.value = { state, why };
  }
}
