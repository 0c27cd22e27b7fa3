// Debian's Chromium, and pages in it that are watched from their first request on.

import { chromium } from 'playwright-core';

// As root there is no sandbox; without the rest it asks its maker's servers for this and that at every start.
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Own hosts of accounts.
  '--host-resolver-rules=MAP *.brand.test 127.0.0.1',
];

// What shows pages and nothing around them is two thirds of the work of a whole Chromium, which push takes.
const programs = { shell: '/usr/bin/chromium-headless-shell', whole: '/usr/bin/chromium' };

/**
 * Starts one of the two with an empty profile; close it with `close()`. Its first start on a busy machine may take long, and
 * once in hundreds of runs one never opens a page: another one is started then, and the first is given up.
 */
export async function launch(program = 'shell') {
  const start = () => chromium.launch({ executablePath: programs[program], args: flags });
  const first = await start();
  const opens = first.newPage().then((page) => page.close());
  return within(30, 'Chromium opens a page', opens).then(() => first, start);
}

/** What was waited for did not come. */
export class Late extends Error {}

/** What the promise gives, or an error that says what was waited for. */
export function within(seconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Late(`${what}: not within ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Every combination that pages are looked at in. */
export const matrix = [320, 1280].flatMap((width) =>
  ['light', 'dark'].flatMap((theme) => [true, false].map((javascript) => ({ width, theme, javascript }))),
);

/** A combination in words, for names of tests. */
export const nameOf = ({ width, theme, javascript }) => `${width} px, ${theme}, ${javascript ? 'with' : 'without'} JavaScript`;

const watched = new WeakMap();

/**
 * Opens an empty page in a context of its own: other cookies, other storage. `base` is the one host that it may
 * talk to, beside those in `also`, and `locale` what it says that its reader reads. What goes wrong on it is collected until look.mjs asks. Close it with `page.context().close()`.
 */
export async function openPage(browser, base, { width = 1280, theme = 'light', javascript = true, locale = 'en-GB', also = [] } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height: width < 600 ? 640 : 900 },
    colorScheme: theme,
    javaScriptEnabled: javascript,
    locale,
    reducedMotion: 'reduce',
  });
  // A browser says with every form where it comes from; a request made beside the pages has to be told to.
  const post = context.request.post.bind(context.request);
  context.request.post = (url, options = {}) =>
    post(url, { ...options, headers: { Origin: new URL(base).origin, ...options.headers } });
  const page = await within(30, 'Chromium opens a page', context.newPage());
  watch(page, { base, also, width, theme, javascript });
  return page;
}

/** The combination of a page, and what has gone wrong on it so far. */
export const watchOf = (page) => watched.get(page);

function watch(page, combination) {
  const faults = [];
  const documents = new Set();
  const hosts = [new URL(combination.base).host, ...combination.also];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (request.isNavigationRequest()) documents.add(request.url());
    if (/^(http|ws)s?:$/.test(url.protocol) && !hosts.includes(url.host)) faults.push(`a request to another host: ${url.href}`);
  });
  page.on('pageerror', (error) => faults.push(`an error in a script: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    const where = message.location().url;
    // Chromium logs a page that answers 403 or 404 too, and those answers are often what a journey wants to see.
    if (text.startsWith('Failed to load resource') && documents.has(where)) return;
    // An account's own host has no TLS here, without which Chromium heeds this header nowhere but on localhost.
    if (text.startsWith('The Cross-Origin-Opener-Policy header has been ignored')) return;
    if (message.type() === 'error' || /content security policy/i.test(text)) faults.push(`the console says: ${text} (${where})`);
  });
  watched.set(page, { ...combination, faults });
}
