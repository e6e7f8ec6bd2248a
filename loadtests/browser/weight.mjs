// What pages weigh to a browser that has nothing yet, on a poor line. Times are told, bytes are held.

import assert from 'node:assert/strict';

/** @typedef {import('./people.mjs').Journey} Journey */

/** 32 kbit/s each way. */
const POOR_LINE = { offline: false, latency: 300, downloadThroughput: 4_000, uploadThroughput: 4_000 };
/** What a public lot may weigh until it is painted, and a bidder's page until its button works. */
const WEIGHT_MAX = 60_000;

/** Counts what comes over a poor line to a browser that has nothing yet. @param {any} page */
async function onPoorLine(page) {
  const device = await page.context().newCDPSession(page);
  await device.send('Network.enable');
  await device.send('Network.clearBrowserCache');
  await device.send('Network.emulateNetworkConditions', POOR_LINE);
  /** What came, and of it what each address answered. */
  const came = { bytes: 0, requests: 0, by: /** @type {Record<string, number>} */ ({}) };
  const names = new Map();
  const count = (/** @type {string} */ name, /** @type {number} */ bytes) => {
    came.bytes += bytes;
    came.by[name] = (came.by[name] ?? 0) + bytes;
  };
  device.on('Network.requestWillBeSent', ({ requestId, request }) => names.set(requestId, new URL(request.url).pathname));
  device.on('Network.dataReceived', ({ requestId, encodedDataLength }) => count(names.get(requestId), encodedDataLength));
  device.on('Network.responseReceived', () => { came.requests += 1; });
  device.on('Network.responseReceivedExtraInfo', ({ headersText, headers }) => count('headers', (headersText ?? JSON.stringify(headers)).length));
  device.on('Network.webSocketFrameReceived', ({ response }) => count('socket', response.payloadData.length));
  return came;
}

/** What came by the ends of the addresses, the heaviest first. @param {Record<string, number>} by */
const parts = (by) => Object.entries(by).sort(([, one], [, other]) => other - one).map(([name, bytes]) => `${name.split('/').pop()} ${bytes}`).join(', ');

/** Of a sale of a thousand lots, over a poor line. @param {any} browser @param {Journey} journey */
export async function weigh(browser, journey) {
  const { sale, url, lang } = journey;
  const arrive = async () => {
    const context = await browser.newContext({ viewport: journey.size, hasTouch: true, isMobile: true, locale: lang === 'ar' ? 'ar-EG' : 'en-GB' });
    context.setDefaultTimeout(120_000);
    return context.newPage();
  };
  const reader = await arrive();
  let came = await onPoorLine(reader);
  let began = Date.now();
  await reader.goto(`${url}/sales/${sale}/lots/1`, { waitUntil: 'load' });
  const painted = await reader.evaluate(() => Math.round(performance.getEntriesByType('paint').find(({ name }) => name === 'first-contentful-paint')?.startTime ?? 0));
  console.log(`weight ${lang}: a public lot is painted after ${painted} ms, and whole after ${Date.now() - began} ms with ${came.bytes} bytes in ${came.requests} answers`);
  assert.ok(came.bytes < WEIGHT_MAX, `a public lot weighs ${came.bytes} bytes: ${JSON.stringify(came.by)}`);
  await reader.context().close();

  const bidder = await arrive();
  await bidder.goto(journey.seven);
  await bidder.locator('#enter-press:enabled').click();
  await bidder.waitForURL((address) => address.pathname !== '/enter');
  // The fonts of the way in are gone with the store of the browser.
  await bidder.goto('about:blank');
  await bidder.context().clearCookies({ name: 'mazad_fonts' });
  came = await onPoorLine(bidder);
  began = Date.now();
  await bidder.goto(`${url}/bid/${sale}?lot=1`, { waitUntil: 'commit' });
  await bidder.locator('.bid-button:not([aria-disabled=true]):not([data-new])').waitFor();
  console.log(`weight ${lang}: the bid button works after ${Date.now() - began} ms with ${came.bytes} bytes in ${came.requests} answers: ${parts(came.by)}`);
  assert.ok(came.bytes < WEIGHT_MAX, `a bidder's page weighs ${came.bytes} bytes: ${JSON.stringify(came.by)}`);
  await bidder.locator('.lots-row').nth(2).waitFor();
  console.log(`weight ${lang}: the other lots stand there after ${Date.now() - began} ms with ${came.bytes} bytes`);
  await bidder.context().close();
}
