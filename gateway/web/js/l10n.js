// Texts: the same Fluent files that the server uses, one for each language.

import { FluentBundle, FluentResource } from '../vendor/fluent/index.js';
import { base, lang, script } from './env.js';

/** How long texts may take over a poor line. */
const PATIENCE_MS = 20_000;

/** @type {Map<string, FluentBundle>} */
const bundles = new Map();

/**
 * Loads the texts; await it before the first render.
 * @param {...('ar' | 'en')} wanted
 */
export async function loadTexts(...wanted) {
  const languages = wanted.length ? wanted : [lang];
  await Promise.all(languages.map(async (language) => {
    const answer = await fetch(`${base}/locales/${script}.${language}.ftl`, { signal: AbortSignal.timeout?.(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`texts ${language}: ${answer.status}`);
    const bundle = new FluentBundle(language, { useIsolating: true });
    bundle.addResource(new FluentResource(await answer.text()));
    bundles.set(language, bundle);
  }));
}

/**
 * Loads the texts of what a page gets later.
 * @param {string} name of its script
 */
export async function loadMore(name) {
  await Promise.all([...bundles].map(async ([language, bundle]) => {
    const answer = await fetch(`${base}/locales/${name}.${language}.ftl`, { signal: AbortSignal.timeout?.(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`texts ${name}: ${answer.status}`);
    bundle.addResource(new FluentResource(await answer.text()));
  }));
}

/**
 * A text in the language of the page, or in the one named.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @param {'ar' | 'en'} [language]
 * @returns {string}
 */
export function t(key, values, language = lang) {
  const bundle = bundles.get(language);
  const message = bundle?.getMessage(key);
  if (!bundle || !message?.value) return key;
  return bundle.formatPattern(message.value, values ?? null, []);
}

/**
 * @param {string} key
 * @returns {boolean}
 */
export const has = (key) => bundles.get(lang)?.hasMessage(key) ?? false;

/**
 * Marks a text key that is kept in a table and looked up later; a test collects these.
 * @template {string} K
 * @param {K} name
 * @returns {K}
 */
export const key = (name) => name;

/**
 * Text from the sale itself, in the page's language or the other when it has only one.
 * @param {{ar?: string, en?: string} | null | undefined} both
 * @param {'ar' | 'en'} [language]
 */
export function said(both, language = lang) {
  if (!both) return '';
  return (language === 'ar' ? both.ar || both.en : both.en || both.ar) ?? '';
}
