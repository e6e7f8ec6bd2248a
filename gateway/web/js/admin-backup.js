// When the house was last backed up, how long ago that is, and where it lies.

import { html } from '../vendor/htm-preact.js';
import { here } from './admin-parts.js';
import { t } from './l10n.js';
import { number } from './money.js';
import { Icon } from './ui.js';

/** After so long a sale that runs has lost too much by it. */
const OLD_MS = 3_600_000;
/** A backup goes to another disk, wherever that is. */
const TARGET = '/mnt/backup/house';
const KEY = '/mnt/key/mazad.key';

/** @param {{house: import('./admin-house.js').House}} props */
export function BackupSection({ house }) {
  const backup = house.backup.value;
  if (!backup) return html`<p class="soft">${t('backup-unread')}</p>`;
  const { folder, last } = backup;
  if (!folder) return html`<p class="notice is-warn"><${Icon} name="warning" /><span>${t('backup-in-memory')}</span></p>`;
  const command = `mazad backup ${folder} ${last?.to ?? TARGET}${last ? '' : ` --key-to ${KEY}`}`;
  return html`
    ${last ? html`<${Last} last=${last} />` : html`<p class="notice is-bad"><${Icon} name="warning" /><span>${t('backup-never')}</span></p>`}
    <div class="stack-tight"><p class="small soft">${t(last ? 'backup-again' : 'backup-first')}</p><pre class="command" dir="ltr" tabindex="0"><code>${command}</code></pre></div>`;
}

/** @param {{last: any}} props */
function Last({ last }) {
  const age = Math.max(0, Date.now() - Number(last.at) / 1000);
  const isOld = age > OLD_MS;
  return html`<p class=${`notice ${isOld ? 'is-warn' : 'is-good'}`}><${Icon} name=${isOld ? 'clock' : 'won'} /><span>${t('backup-age', { age: ageText(age) })}</span></p>
    <dl class="facts">
      <div><dt>${t('backup-at')}</dt><dd>${here(last.at)}</dd></div>
      <div><dt>${t('backup-to')}</dt><dd dir="ltr"><code>${last.to}</code></dd></div>
      <div><dt>${t('backup-events')}</dt><dd>${number(last.events)}</dd></div>
    </dl><p class="hint">${t('backup-hint')}</p>`;
}

/** @param {number} ms */
function ageText(ms) {
  const minutes = Math.floor(ms / 60_000);
  const [count, name] = minutes >= 2_880 ? [Math.floor(minutes / 1_440), 'days'] : minutes >= 120 ? [Math.floor(minutes / 60), 'hours'] : [minutes, 'minutes'];
  return t(name, { count, shown: number(count) });
}
