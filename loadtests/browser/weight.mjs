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
  const came = { bytes: 0, requests: 0 };
  device.on('Network.dataReceived', ({ encodedDataLength }) => { came.bytes += encodedDataLength; });
  device.on('Network.responseReceived', () => { came.requests += 1; });
  device.on('Network.responseReceivedExtraInfo', ({ headersText, headers }) => { came.bytes += (headersText ?? JSON.stringify(headers)).length; });
  device.on('Network.webSocketFrameReceived', ({ response }) => { came.bytes += response.payloadData.length; });
  return came;
}

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
  assert.ok(came.bytes < WEIGHT_MAX, `a public lot weighs ${came.bytes} bytes`);
  await reader.context().close();

  const bidder = await arrive();
  await bidder.goto(journey.seven);
  await bidder.locator('#enter-press:enabled').click();
  await bidder.waitForURL((address) => address.pathname !== '/enter');
  await bidder.goto('about:blank');
  came = await onPoorLine(bidder);
  began = Date.now();
  await bidder.goto(`${url}/bid/${sale}?lot=1`, { waitUntil: 'commit' });
  await bidder.locator('.bid-button:not([aria-disabled=true]):not([data-new])').waitFor();
  console.log(`weight ${lang}: the bid button works after ${Date.now() - began} ms with ${came.bytes} bytes in ${came.requests} answers`);
  assert.ok(came.bytes < WEIGHT_MAX, `a bidder's page weighs ${came.bytes} bytes`);
  await bidder.locator('.lots-row').nth(2).waitFor();
  console.log(`weight ${lang}: the other lots stand there after ${Date.now() - began} ms with ${came.bytes} bytes`);
  await bidder.context().close();
}
