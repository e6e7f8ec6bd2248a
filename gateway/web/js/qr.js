// A QR code that the server drew, as a drawing of the page.

import { html } from '../vendor/htm-preact.js';
import { useEffect, useRef } from '../vendor/preact-hooks.js';

/** @param {{svg: string, label: string}} props */
export function Qr({ svg, label }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const drawn = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
    if (drawn.localName === 'svg') place.current?.replaceChildren(document.importNode(drawn, true));
  }, [svg]);
  return html`<div class="qr" role="img" aria-label=${label} ref=${place}></div>`;
}
