// What must hold for every page in every combination: look(page, 'users-list') fails with one message that names
// all that is wrong, and leaves a screenshot in target/screenshots.

import { AssertionError } from 'node:assert';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { watchOf } from './browser.mjs';
import { root } from './process.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const screenshots = join(root, 'target/screenshots');

export async function look(page, name) {
  const { width, theme, javascript, faults } = watchOf(page);
  await mkdir(screenshots, { recursive: true });
  const file = join(screenshots, `${name}-${width}-${theme}${javascript ? '' : '-nojs'}.png`);
  await capture(page, file);
  const wrong = [...faults.splice(0), ...(await sideways(page, width)), ...(await accessibility(page, javascript))];
  if (wrong.length === 0) return;
  const list = wrong.map((fault) => `  - ${fault}`).join('\n');
  throw new AssertionError({
    message: `${name} at ${width} px, ${theme}, ${javascript ? 'with' : 'without'} JavaScript (${page.url()}):\n${list}\n  see ${file}`,
    stackStartFn: look,
  });
}

/** Chromium now and then refuses a picture that it takes a moment later: it is asked once more, no oftener. */
async function capture(page, path) {
  const take = () => page.screenshot({ path, fullPage: true });
  await take().catch((error) => {
    if (!error.message.includes('Unable to capture screenshot')) throw error;
    return take();
  });
}

/** A page may scroll down, never sideways: that is what 320 px is for (WCAG 1.4.10). */
async function sideways(page, width) {
  const found = await page.evaluate((limit) => {
    const content = document.documentElement.scrollWidth;
    const seen = document.documentElement.clientWidth;
    if (content <= seen) return null;
    const wide = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > limit + 1);
    return { content, widest: wide.slice(-3).map((e) => e.cloneNode(false).outerHTML.slice(0, 120)) };
  }, width);
  return found ? [`scrolls sideways: ${found.content} px of content; for example ${found.widest.join(' and ')}`] : [];
}

async function accessibility(page, javascript) {
  if (!javascript) await page.evaluate(timersWithoutScripts);
  // Evaluated, not added as an element: the page's content security policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  // Style sheets are fetched for one rule, and frames are asked by messages: without scripts there is neither.
  const options = { resultTypes: ['violations'], preload: javascript, iframes: javascript };
  const { violations } = await page.evaluate((given) => globalThis.axe.run(document, given), options);
  return violations.flatMap((violation) => violation.nodes.map((node) => sentence(violation, node)));
}

/**
 * Where scripts are off, evaluating still works but no timer ever rings. axe uses them to go on in a moment, which
 * a promise does as well (queueMicrotask is silent too), and to give up after seconds, which is not needed.
 */
function timersWithoutScripts() {
  globalThis.setTimeout = (act, delay = 0, ...given) => {
    if (delay < 10) Promise.resolve().then(() => act(...given));
    return 0;
  };
}

function sentence({ id, help }, node) {
  const why = node.failureSummary.replace(/\s*\n\s*/g, ' ');
  return `axe ${id}: ${help}\n      at ${node.target.join(' ')}: ${node.html.slice(0, 200)}\n      ${why}`;
}
