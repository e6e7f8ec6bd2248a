// Whether a page can be read: no text lies over another, none is cut off, nothing is wider than the screen.

import assert from 'node:assert/strict';

/** Runs in the page; answers what is wrong with it. */
function faults() {
  const root = document.documentElement;
  const areLarge = parseFloat(getComputedStyle(root).fontSize) > 24;
  const found = [];
  const short = (/** @type {string} */ text) => text.trim().slice(0, 24);
  // A screen on a wall has nobody who scrolls it.
  const isWall = document.body.matches('.hall') && root.clientWidth > 1_000;
  if (isWall && root.scrollHeight > root.clientHeight) found.push(`the screen is ${root.scrollHeight - root.clientHeight} px too low`);
  // What is decided by stands above the button that decides.
  const [clock, button] = ['.now-clock', '.bid-button'].map((part) => document.querySelector(part)?.getBoundingClientRect());
  // With large letters on a phone that lies on its side a screen holds no more than a few lines: it is scrolled.
  const isTiny = root.clientHeight < 20 * parseFloat(getComputedStyle(root).fontSize);
  if (!isTiny && clock && button && scrollY === 0 && clock.bottom > button.top && clock.top < button.bottom) found.push('the time that is left lies under the button');
  if (root.scrollWidth > root.clientWidth) {
    const leaves = (/** @type {Element} */ part) => { const box = part.getBoundingClientRect(); return box.width > 0 && (box.right > root.clientWidth + 1 || box.left < -1); };
    const wide = [...document.body.querySelectorAll('*')].filter(leaves).map((part) => part.className || part.localName);
    found.push(`the page is ${root.scrollWidth - root.clientWidth} px wider than the screen: ${[...new Set(wide)].slice(0, 6).join(', ')}`);
  }

  /** Whether text may be cut there on purpose: a mark shows that it goes on. @param {CSSStyleDeclaration} style */
  const isMarked = (style) => style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.nodeValue?.trim() || !parent?.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || parent.closest('.unseen, .skip, option, script')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    const letters = 1.1 * parseFloat(getComputedStyle(parent).fontSize);
    let layer = 'page';
    let cut = { start: -Infinity, end: Infinity };
    // A list that is scrolled in its own frame shows a part of itself.
    let shown = { from: -Infinity, to: Infinity };
    let isCutOnPurpose = false;
    for (let up = parent; up; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.position === 'fixed' || style.position === 'sticky') layer = 'above';
      if (isMarked(style)) isCutOnPurpose = true;
      // The history of a sale is a wide table, which is pushed along within its own frame.
      if (up.matches('.events')) isCutOnPurpose = true;
      // With large letters so is any table, by keys too.
      if (areLarge && up.matches('.scroll[tabindex]')) isCutOnPurpose = true;
      if (style.overflowY !== 'visible' && up !== document.body && up !== root) {
        const box = up.getBoundingClientRect();
        shown = { from: Math.max(shown.from, box.y), to: Math.min(shown.to, box.y + box.height) };
      }
      if (style.overflowX !== 'visible' && up !== document.body && up !== root) {
        const box = up.getBoundingClientRect();
        cut = { start: Math.max(cut.start, box.x), end: Math.min(cut.end, box.x + box.width) };
      }
    }
    for (const box of boxes) {
      if (box.y + box.height > shown.to + 1 || box.y < shown.from - 1) continue;
      if (!isCutOnPurpose && (box.x < cut.start - 1 || box.x + box.width > cut.end + 1)) found.push(`"${short(node.nodeValue)}" is cut off`);
      if (!isCutOnPurpose && (box.x < -1 || box.x + box.width > root.clientWidth + 1)) found.push(`"${short(node.nodeValue)}" leaves the screen`);
      // The line of a text is higher than its letters, in some fonts by far: a part of it may lie under the next line.
      const air = Math.max(box.height * 0.2, (box.height - letters) / 2);
      texts.push({ node, layer, isCutOnPurpose, text: short(node.nodeValue), x: box.x, y: box.y + air, right: box.x + box.width, bottom: box.y + box.height - air });
    }
  }
  texts.sort((one, other) => one.y - other.y);
  for (const [at, one] of texts.entries()) {
    for (let next = at + 1; next < texts.length && texts[next].y < one.bottom; next += 1) {
      const other = texts[next];
      if (other.node === one.node || other.layer !== one.layer || one.isCutOnPurpose || other.isCutOnPurpose) continue;
      const across = Math.min(one.right, other.right) - Math.max(one.x, other.x);
      if (across > 1) found.push(`"${one.text}" lies over "${other.text}"`);
    }
  }
  return [...new Set(found)];
}

/** @param {import('./people.mjs').Person} person @param {string} where */
export async function isReadable(person, where) {
  await person.drawn();
  assert.deepEqual(await person.page.evaluate(faults), [], where);
}
