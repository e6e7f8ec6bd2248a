// The clerk's keys. A key follows its letter; on a layout that has no Latin letters, its place.

/**
 * @typedef {object} KeyAct
 * @property {string[]} keys as pressed: a letter, a named key, or Shift+letter
 * @property {string} text text key of what it does
 * @property {() => void} act
 * @property {() => string} [blocked] why it cannot be done now; empty: it can
 * @property {() => string} [just] why it has to be pressed again; empty: what it settles has been read
 * @property {'main' | 'floor' | 'form'} [group] where its button stands: with those used all the time, with the
 *   floor bid, or nowhere since a form shows the key
 * @property {boolean} [hard] the weightiest of these
 * @property {boolean} [free] changes nothing in the sale, so it needs no line
 */

/**
 * The letter of a key press, whatever the layout.
 * @param {KeyboardEvent} event
 */
export function keyOf(event) {
  const { key, code } = event;
  let name = key;
  if (/^[a-z]$/i.test(key)) name = key.toLowerCase();
  else if (key === '?' || key === '\u061f') return '?';
  else if (key === ' ' || code === 'Space') return 'Space';
  else if (/^Arrow|^Enter$|^Escape$/.test(key)) return key;
  else if (/^Key[A-Z]$/.test(code)) name = code.slice(3).toLowerCase();
  else if (code === 'Slash' && event.shiftKey) return '?';
  return event.shiftKey && /^[a-z]$/.test(name) ? `Shift+${name}` : name;
}

/** Whether the keys belong to a field now. @param {EventTarget | null} target */
const writing = (target) =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/**
 * @param {() => KeyAct[]} acts
 * @param {() => boolean} quiet true while a dialog is open
 * @param {(act: KeyAct) => void} press does it, or says why not
 */
export function listen(acts, quiet, press) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || quiet()) return;
    if (writing(event.target)) {
      if (event.key === 'Escape') /** @type {HTMLElement} */ (event.target).blur();
      return;
    }
    const pressed = keyOf(event);
    const onControl = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
    if (onControl && (pressed === 'Space' || pressed === 'Enter')) return;
    const found = acts().find((act) => act.keys.includes(pressed));
    if (!found) return;
    event.preventDefault();
    press(found);
  });
}

/** How a key is written on its cap. @param {string} name */
export const cap = (name) =>
  ({ ArrowDown: '\u2193', ArrowUp: '\u2191', Space: '\u2423' })[name] ?? (name.startsWith('Shift+') ? `\u21e7${name.slice(6).toUpperCase()}` : name.toUpperCase());
