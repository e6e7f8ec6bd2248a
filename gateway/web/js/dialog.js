// Dialogs on the browser's own <dialog>: focus is kept and given back, Escape closes.

import { html } from '../vendor/htm-preact.js';
import { useEffect, useRef } from '../vendor/preact-hooks.js';
import { signal } from '../vendor/signals.js';
import { t } from './l10n.js';

/** What is open now: a function that draws it. @type {import('./picture.js').Signal<null | (() => any)>} */
const open = signal(/** @type {null | (() => any)} */ (null));

/** @param {() => any} draw */
export function show(draw) {
  open.value = draw;
}
export function close() {
  open.value = null;
}
export const isOpen = () => open.value !== null;

/** The place where dialogs appear; each room draws it once. */
export function Dialogs() {
  const draw = open.value;
  return draw ? html`<${Frame} key=${draw} draw=${draw} />` : null;
}

/** @param {{draw: () => any}} props */
function Frame({ draw }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    box.current?.showModal();
    /** @type {HTMLElement | null | undefined} */ (box.current?.querySelector('[data-first]'))?.focus();
    return () => before?.focus?.();
  }, []);
  return html`<dialog ref=${box} onClose=${close} aria-labelledby="dialog-title">${draw()}</dialog>`;
}

/**
 * Asks yes or no about figures that are shown.
 * @param {{title: string, body: any, yes: string, hard?: boolean, onYes: () => void}} question
 */
export function confirm({ title, body, yes, hard = false, onYes }) {
  const agree = () => { close(); onYes(); };
  show(() => html`
    <div class="stack">
      <h2 id="dialog-title">${title}</h2>
      <div>${body}</div>
      <div class="dialog-acts">
        <button type="button" class="button" data-first onClick=${close}>${t('cancel')}</button>
        <button type="button" class="button ${hard ? 'button-hard' : 'button-main'}" onClick=${agree}>${yes}</button>
      </div>
    </div>`);
}

/**
 * Asks for a public reason, and whatever else `fields` holds, before something that matters.
 * @param {{title: string, about?: any, fields?: any, yes: string, onYes: (form: FormData) => void}} question
 */
export function askReason({ title, about = null, fields = null, yes, onYes }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    close();
    onYes(form);
  };
  show(() => html`
    <form class="stack" onSubmit=${submit}>
      <h2 id="dialog-title">${title}</h2>
      ${about}
      ${fields}
      <label class="field"><span>${t('reason')}</span>
        <textarea class="input" name="reason" rows="2" maxlength="200" required dir="auto" data-first></textarea>
      </label>
      <p class="hint">${t('reason-public')}</p>
      <div class="dialog-acts">
        <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
        <button type="submit" class="button button-hard">${yes}</button>
      </div>
    </form>`);
}
