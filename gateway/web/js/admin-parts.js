// What the sections of the house's page share: a question before something that cannot be taken back, a
// field, a moment on the reader's own clock.

import { html } from '../vendor/htm-preact.js';
import { useSignal } from '../vendor/signals.js';
import { close, show } from './dialog.js';
import { t } from './l10n.js';
import { moment } from './moments.js';

/** A moment as the reader's own clock shows it. @param {string} micros */
export const here = (micros) => moment(Number(micros), Intl.DateTimeFormat().resolvedOptions().timeZone);

/** @param {string} name @param {string} text @param {any} [more] */
export const field = (name, text, more = {}) => html`<label class="field"><span>${text}</span><input class="input" name=${name} autocomplete="off" ...${more} /></label>`;

/** What is wrong, said aloud. @param {{text: string}} props */
export const Wrong = ({ text }) => text && html`<p class="hint hint-bad" role="alert">${text}</p>`;

/** @typedef {{title: string, text: any, yes: string, onYes: () => Promise<string>}} Question answers what is wrong, if anything is */

/** Asks once. @param {Question} question */
export const confirm = (question) => show(() => html`<${Asked} ...${question} />`);

/** @param {Question} props */
function Asked({ title, text, yes, onYes }) {
  const [wrong, waits] = [useSignal(''), useSignal(false)];
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (waits.value) return;
    waits.value = true;
    wrong.value = await onYes();
    waits.value = false;
    if (!wrong.value) close();
  };
  return html`<form class="stack" onSubmit=${submit}>
    <h2 id="dialog-title">${title}</h2><p>${text}</p><${Wrong} text=${wrong.value} />
    <div class="dialog-acts"><button type="button" class="button" data-first onClick=${close}>${t('cancel')}</button>
      <button type="submit" class="button button-main" aria-disabled=${waits.value}>${yes}</button></div></form>`;
}
