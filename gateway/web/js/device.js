// The page of another device: makes a link for the same person, and counts down until it runs out.

import { html, render } from '../vendor/htm-preact.js';
import { signal } from '../vendor/signals.js';
import { run } from './boot.js';
import { root } from './env.js';
import { ask } from './http.js';
import { said, t } from './l10n.js';
import { Qr } from './qr.js';
import { comeIn } from './start.js';
import { Icon, beat, span } from './ui.js';

/** What was made; and when it runs out, by the clock of this device. */
const made = signal(/** @type {{link: string, qrSvg: string, endsAt: number} | null} */ (null));
const wrong = signal('');
/** As long as the server keeps a link. */
const VALID_MS = 600_000;

async function make() {
  const outcome = await ask('/api/v1/device', { method: 'POST', body: {} });
  wrong.value = outcome.ok ? '' : outcome.status === 0 ? t('enter-offline') : said(outcome.fault?.message) || t('fault-other', { code: outcome.fault?.code ?? '' });
  // A watch that is wrong must not call a good link old: its age counts, not its hour.
  if (outcome.ok) made.value = { link: outcome.body.link, qrSvg: outcome.body.qrSvg, endsAt: performance.now() + VALID_MS };
}

/** @param {{back: string}} props */
function Page({ back }) {
  void beat.value;
  const now = made.value;
  const left = now ? now.endsAt - performance.now() : 0;
  return html`
    ${now && left > 0 && html`<${Qr} svg=${now.qrSvg} label=${t('device-qr')} />
      <label class="field"><span>${t('invite-link')}</span><input class="input" readonly dir="ltr" value=${now.link} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} /></label>
      <p role="timer" aria-live="off">${t('device-left', { left: span(left * 1000) })}</p>`}
    ${now && left <= 0 && html`<p class="notice is-warn" role="status"><${Icon} name="clock" /><span>${t('device-over')}</span></p>`}
    ${wrong.value && html`<p class="notice is-bad" role="alert"><${Icon} name="warning" /><span>${wrong.value}</span></p>`}
    <div class="row"><button type="button" class=${now && left > 0 ? 'button' : 'button button-main'} onClick=${make}>${t(now ? 'device-again' : 'device-make')}</button>
      <a class="button" href=${back}>${t('device-back')}</a></div>`;
}

/** Where this person's work is. @param {import('./start.js').Who} who */
const backOf = ({ role, sale }) => (sale ? `/bid/${sale}` : role === 'ADMIN' || role === 'CLERK' ? '/admin' : '/');

run(async () => {
  const who = await comeIn();
  root.textContent = '';
  if (!who.account) return render(html`<p class="notice is-warn" role="alert"><${Icon} name="warning" /><span>${t('device-nobody')}</span></p>`, root);
  render(html`<${Page} back=${backOf(who)} />`, root);
});
