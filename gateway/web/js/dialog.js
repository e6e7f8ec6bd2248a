// Dialogs on the browser's own <dialog>: focus is kept and given back, Escape closes. They hang from the
// top of the screen, so that a keyboard that comes or goes does not move them.

import { html } from '../vendor/htm-preact.js';
import { useEffect, useRef } from '../vendor/preact-hooks.js';
import { signal } from '../vendor/signals.js';
import { t } from './l10n.js';
import { number, parseNumber } from './money.js';
import { UNREAD_MS, keepFocus } from './press.js';
import { announce } from './ui.js';

/** @typedef {{draw: () => any, kind: string}} Open */
/** What is open now. @type {import('./picture.js').Signal<Open | null>} */
const open = signal(/** @type {Open | null} */ (null));
/** What was wrong with the last submit. */
const problem = signal('');

/** @param {() => any} draw @param {string} [kind] how it looks */
export function show(draw, kind = '') {
  problem.value = '';
  open.value = { draw, kind };
}
/** When the last one closed: a finger that comes down again where its button lay means nothing beneath it. */
let closedAt = -Infinity;
export function close() {
  open.value = null;
  closedAt = performance.now();
}
export const hasJustClosed = () => performance.now() - closedAt < UNREAD_MS;
export const isOpen = () => open.value !== null;

/** The place where dialogs appear; each room draws it once. */
export function Dialogs() {
  const now = open.value;
  return now ? html`<${Frame} key=${now.draw} ...${now} />` : null;
}

/** @param {Open} props */
function Frame({ draw, kind }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    box.current?.showModal();
    /** @type {HTMLElement | null | undefined} */ (box.current?.querySelector('[data-first]'))?.focus();
    return () => before?.focus?.();
  }, []);
  return html`<dialog ref=${box} class=${kind} onMouseDown=${keepFocus} onClose=${close} aria-labelledby="dialog-title">${draw()}</dialog>`;
}

/** Why it cannot be done now; empty: it can. @typedef {() => string} Waits */

/**
 * The end of a form in a dialog: back, or on; Enter and Escape do the same. While what is on screen is not
 * sure the dialog stays, and says why it waits, beneath the buttons, which keep their places.
 * @param {{yes: string, waits: Waits}} props
 */
export function Acts({ yes, waits }) {
  const why = waits();
  return html`
    <div class="dialog-acts">
      <button type="button" class="button" onClick=${close}>${t('cancel')} <kbd>Esc</kbd></button>
      <button type="submit" class="button button-main" data-first aria-disabled=${Boolean(why)}>${yes} <kbd>\u23ce</kbd></button>
    </div>
    <p class="hint hint-bad dialog-says" role="status">${why || problem.value || '\u00a0'}</p>`;
}

/** A ready-made reason, in both languages: whoever follows the sale reads it. @param {string} text */
const inBoth = (text) => `${t(text, undefined, 'ar')} / ${t(text, undefined, 'en')}`;

/** A public reason. Enter ends it; while nothing is written, a figure takes a ready-made one. @param {{made?: string[]}} props */
export function Reason({ made = [] }) {
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const take = (/** @type {string} */ text) => {
    if (!box.current) return;
    box.current.value = inBoth(text);
    box.current.focus();
  };
  const onKeyDown = (/** @type {any} */ event) => {
    const ready = event.currentTarget.value === '' && made[parseNumber(event.key) - 1];
    if (ready) {
      event.preventDefault();
      return take(ready);
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.currentTarget.form.requestSubmit();
  };
  return html`
    <label class="field"><span>${t('reason')}</span>
      <textarea ref=${box} class="input" name="reason" rows="2" maxlength="200" required dir="auto" data-first onKeyDown=${onKeyDown}></textarea>
    </label>
    <div class="reasons">${made.map((text, at) => html`<button type="button" class="button reason" onClick=${() => take(text)}><kbd>${number(at + 1)}</kbd> ${t(text)}</button>`)}</div>
    <p class="hint">${t('reason-public')}</p>`;
}

/**
 * What a form in a dialog does with its submit: it is done and the dialog closes, or it says what is wrong.
 * @param {Waits} waits
 * @param {(form: FormData) => string | void} act answers what is wrong, if anything is
 */
export const submits = (waits, act) => (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const wrong = waits() || act(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)));
  problem.value = wrong || '';
  if (wrong) announce(wrong, 'assertive');
  else close();
};

/**
 * Asks for a public reason, and whatever else `fields` holds, before something that matters.
 * @param {{title: string, fields?: any, yes: string, waits: Waits, made?: string[], onYes: (reason: string, form: FormData) => string | void}} question
 *   `onYes` answers what is wrong with the fields, if anything is
 */
export function askReason({ title, fields = null, yes, waits, made, onYes }) {
  show(() => html`
    <form class="stack" onSubmit=${submits(waits, (form) => onYes(String(form.get('reason')).trim(), form))}>
      <h2 id="dialog-title">${title}</h2>
      ${fields}
      <${Reason} made=${made} />
      <${Acts} yes=${yes} waits=${waits} />
    </form>`);
}
