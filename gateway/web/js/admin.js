// The page of those who look after the house: sales, invitations, people, a catalogue from a spreadsheet,
// and the last backup. A clerk sees of it what a clerk may do.

import { html, render } from '../vendor/htm-preact.js';
import { effect } from '../vendor/signals.js';
import { BackupSection } from './admin-backup.js';
import { House } from './admin-house.js';
import { ImportSection } from './admin-import.js';
import { InviteSection, Sheet, keepSheet } from './admin-invites.js';
import { PeopleSection } from './admin-people.js';
import { SalesSection } from './admin-sales.js';
import { run } from './boot.js';
import { Dialogs } from './dialog.js';
import { root } from './env.js';
import { key, t } from './l10n.js';
import { comeIn } from './start.js';
import { Icon } from './ui.js';

/** The parts of the page, each with its name in the address. */
const PARTS = [
  { id: 'sales', name: key('admin-sales'), draw: SalesSection, isForClerks: true },
  { id: 'invite', name: key('admin-invite'), draw: InviteSection, isForClerks: true },
  { id: 'people', name: key('admin-people'), draw: PeopleSection, isForClerks: false },
  { id: 'import', name: key('admin-import'), draw: ImportSection, isForClerks: false },
  { id: 'backup', name: key('admin-backup'), draw: BackupSection, isForClerks: false },
];

/** @param {{house: House}} props */
function Page({ house }) {
  const parts = PARTS.filter((part) => house.isAdmin || part.isForClerks);
  return html`
    ${!house.isCurrent.value && html`<div class="band is-warn" role="status"><${Icon} name="line" /> ${t('admin-old')}</div>`}
    <nav class="parts no-print" aria-label=${t('room-admin')}>${parts.map(({ id, name }) => html`<a class="button" href=${`#${id}`}>${t(name)}</a>`)}<a class="button" href="/device">${t('device-title')}</a></nav>
    ${parts.map(({ id, name, draw }) => html`<section class="card stack part" id=${id} aria-labelledby=${`${id}-name`}>
      <h2 id=${`${id}-name`}>${t(name)}</h2><${draw} house=${house} /></section>`)}
    <${Sheet} house=${house} />
    <${Dialogs} />`;
}

run(async () => {
  const who = await comeIn();
  root.textContent = '';
  if (who.role !== 'ADMIN' && who.role !== 'CLERK') {
    return render(html`<p class="notice is-warn" role="alert"><${Icon} name="warning" /><span>${t('admin-only')} <a href="/">${t('crumb-home')}</a></span></p>`, root);
  }
  const house = new House(who);
  await house.look();
  house.keepLooking();
  effect(() => keepSheet(house.made.value.length > 0));
  render(html`<${Page} house=${house} />`, root);
  // What the address names is there only now.
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
});
