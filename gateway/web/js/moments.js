// Moments as people read them: the day of the week, the date, the hour, and whose hour it is. The server's
// `moment.rs` writes the same.

import { digits, lang } from './env.js';
import { key, t } from './l10n.js';
import { localDigits } from './money.js';

const MONTHS = [
  key('month-1'), key('month-2'), key('month-3'), key('month-4'), key('month-5'), key('month-6'),
  key('month-7'), key('month-8'), key('month-9'), key('month-10'), key('month-11'), key('month-12'),
];
/** From Sunday on. */
const WEEKDAYS = [
  key('weekday-7'), key('weekday-1'), key('weekday-2'), key('weekday-3'), key('weekday-4'), key('weekday-5'), key('weekday-6'),
];

/** Made once for each zone: making one is slow. @type {Map<string, {zone: string, format: Intl.DateTimeFormat}>} */
const formats = new Map();

/** @param {string} zone IANA name */
function formatOf(zone) {
  let made = formats.get(zone);
  if (made) return made;
  const make = (/** @type {string} */ timeZone) => ({
    zone: timeZone,
    format: new Intl.DateTimeFormat('en-GB-u-nu-latn', {
      timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
    }),
  });
  try {
    made = make(zone);
  } catch {
    // As on the server: a zone that is not known is shown as UTC.
    made = make('UTC');
  }
  formats.set(zone, made);
  return made;
}

/** What a clock shows in a zone. @param {number} micros @param {string} zone @param {number} [told] by how many minutes it is ahead of UTC; else by the data of the device */
function shown(micros, zone, told) {
  if (told !== undefined) return { ...shown(micros + told * 60e6, 'UTC'), zone, ahead: told };
  const { zone: known, format } = formatOf(zone || 'UTC');
  const seconds = Math.floor(micros / 1e6);
  const parts = Object.fromEntries(format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, Number(value)]));
  const there = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return { zone: known, parts, weekday: new Date(there).getUTCDay(), ahead: (there - seconds * 1000) / 60_000 };
}

/** As `UTC+2`, or `UTC+5:30`. @param {number} minutes */
function aheadText(minutes) {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.round(Math.abs(minutes) % 60)];
  if (!hours && !rest) return 'UTC';
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}

/** Whose hour it is, by the city that names the zone, and what that is ahead of UTC. @param {string} zone @param {number} ahead @param {'ar' | 'en'} [language] */
function zoneName(zone, ahead, language = lang) {
  const named = t('zone-time', { city: (zone.split('/').pop() ?? zone).replaceAll('_', ' ') }, language);
  const text = aheadText(ahead);
  return text === 'UTC' ? named : t('zone-and-ahead', { zone: named, ahead: localDigits(text, language === 'en' ? 'latn' : digits) }, language);
}

const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
/** Late bids end lots at any second. @param {Record<string, number>} parts */
const hourOf = (parts) => `${two(parts.hour)}:${two(parts.minute)}${parts.second ? `:${two(parts.second)}` : ''}`;

/**
 * Weekday, date, hour and zone. @param {number} micros @param {string} zone @param {'ar' | 'en'} [language] @param {number} [told] see `shown`
 */
export function moment(micros, zone, language = lang, told) {
  const system = language === 'en' ? 'latn' : digits;
  const { zone: known, parts, weekday, ahead } = shown(micros, zone, told);
  return t('date-and-time', {
    weekday: t(WEEKDAYS[weekday], undefined, language), day: localDigits(String(parts.day), system), month: t(MONTHS[parts.month - 1], undefined, language),
    year: localDigits(String(parts.year), system), time: localDigits(hourOf(parts), system), zone: zoneName(known, ahead, language),
  }, language);
}

/** The hour alone, to the second, where the zone stands beside it. @param {number} micros @param {string} zone */
export function hour(micros, zone) {
  const { parts } = shown(micros, zone);
  return localDigits(`${two(parts.hour)}:${two(parts.minute)}:${two(parts.second)}`);
}

/** Whose hours a table of them shows. @param {number} micros one of them @param {string} zone */
export function zoneOfTimes(micros, zone) {
  const { zone: known, ahead } = shown(micros, zone);
  return t('zone-of-times', { zone: zoneName(known, ahead) });
}

/** By how many minutes a zone is ahead of UTC. @param {number} micros @param {string} zone */
export const aheadOf = (micros, zone) => shown(micros, zone).ahead;

/**
 * The same, where the server has said it of another moment: a phone whose data of zones are old is wrong about
 * both, and what the server said stands. @param {number} micros @param {string} zone @param {{at: number, ahead: number} | null} told
 */
export const aheadBy = (micros, zone, told) => (told && aheadOf(told.at, zone) !== told.ahead ? told.ahead : aheadOf(micros, zone));

/**
 * A moment on the reader's own clock, its date only where that is another one; empty if that shows the same.
 * @param {number} micros @param {number} ahead by how many minutes what is shown is ahead of UTC
 */
export function ownMoment(micros, ahead) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { zone, parts, ahead: ownAhead } = shown(micros, own);
  if (ownAhead === ahead) return '';
  const day = (/** @type {number} */ minutes) => Math.floor((micros / 60e6 + minutes) / 1440);
  if (day(ahead) !== day(ownAhead)) return t('own-time', { when: moment(micros, own) });
  return t('own-hour', { time: localDigits(hourOf(parts)), zone: zoneName(zone, ownAhead) });
}
