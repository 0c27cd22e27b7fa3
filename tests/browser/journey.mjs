// What all journeys share: the two ways they are walked, a house with an account in it, and steps in the words of
// the product.
//
//   const house = furnish();
//   journey('U-01 …', house, async (walk) => { const page = await walk.administrator(); … });

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Late, launch, nameOf, openPage, watchOf, within } from './browser.mjs';
import { look } from './look.mjs';
import { startMail } from './mail.mjs';
import { startRollcall } from './server.mjs';

// Nobody waits for a journey that is stuck: it fails, by its name.
const timeout = 240_000;

/** Every journey is walked both ways; between them they have both sizes, both themes, with and without scripts. */
export const ways = [
  { width: 1280, theme: 'light', javascript: true },
  { width: 320, theme: 'dark', javascript: false },
];

export const password = 'lantern orchid gravel 72';
export const owner = { first: 'Dana', last: 'Reyes', email: 'dana@localsync.example' };
export const accountName = 'LocalSync Marketing';

/** Companies of the account, by name; agents can be given those that use Lead Center. */
export const companies = { 'Harbor Dental': true, 'Maple Grove Roofing': false, 'Riverside Movers': true };

/**
 * A chromium, a mail server and a rollcall with one account, for all journeys of a file. Without `account` nothing
 * is set up; without `mail` there is no SMTP server. `chromium` is the program, as `launch` knows it.
 */
export function furnish({ mail = true, account = true, env = {}, data, chromium } = {}) {
  const house = { launch: () => launch(chromium) };
  before(async () => {
    house.chromium = await house.launch();
    if (mail) house.mail = await startMail();
    house.rollcall = await startRollcall({ env: { ...house.mail?.env, ...env }, data });
    house.url = house.rollcall.url;
    if (account) await settle(house);
  }, { timeout });
  after(async () => {
    await house.rollcall?.stop();
    await house.mail?.stop();
    if (house.chromium) await within(20, 'Chromium ends', house.chromium.close());
  }, { timeout });
  return house;
}

/** The account, its administrator's session and its companies, by the forms that the pages have. */
async function settle(house) {
  const page = await openPage(house.chromium, house.url);
  await page.goto(await house.rollcall.setupLink());
  await fill(page, {
    'Account name': accountName,
    'Time zone': 'America/New_York',
    'First name': owner.first,
    'Last name': owner.last,
    'Email address': owner.email,
    Password: password,
  });
  await press(page, 'Create the account');
  await on(page, `Hello ${owner.first}`);
  house.home = new URL(page.url()).pathname;
  for (const [name, leadCenter] of Object.entries(companies)) {
    const form = { name, time_zone: 'America/New_York', ...(leadCenter && { lead_center: 'yes' }) };
    const answer = await page.context().request.post(`${house.home}/companies/new`, { form });
    assert.equal(answer.status(), 200);
  }
  house.session = (await page.context().storageState()).cookies.filter((cookie) => cookie.name === 'session');
  await page.context().close();
}

/**
 * Declares a journey: walked once each way. What a page does or shows too late fails by itself, within seconds. Some calls
 * wait for Chromium alone, without a limit, and once in thousands of journeys it never answers: the journey is then
 * walked once more, in another Chromium. A page that hangs by itself hangs there too, and fails.
 */
export function journey(title, house, act) {
  for (const way of ways) {
    const name = `${title} (${nameOf(way)})`;
    test(name, { timeout }, async () => {
      try {
        await walkOnce(new Walk(house, way), act, way);
      } catch (error) {
        if (!(error instanceof Late)) throw error;
        console.error(`Chromium did not answer, and is replaced: ${error.message}`);
        house.chromium.close().catch(() => {});
        house.chromium = await house.launch();
        await walkOnce(new Walk(house, way, 'again'), act, way);
      }
    });
  }
}

async function walkOnce(walk, act, way) {
  try {
    await within(110, 'the journey', act(walk, way));
  } catch (error) {
    if (error instanceof Late) throw error;
    const pages = await Promise.all(walk.opened.map(async (page) => `${page.url()}\n${await words(page)}`));
    throw new Error(`${error.message}\nThe pages then:\n${pages.join('\n')}`, { cause: error });
  } finally {
    for (const page of walk.opened) await within(10, 'a page closes', page.context().close()).catch(() => {});
  }
}

const words = (page) => page.locator('body').innerText({ timeout: 1000 }).then((text) => text.slice(0, 900), () => '');

/** One journey under way: its pages, and addresses that no other way uses. */
class Walk {
  constructor(house, way, time = '') {
    Object.assign(this, { house, way, time, opened: [] });
  }

  /** An empty page of somebody with a browser of their own. */
  async stranger(options = {}) {
    const page = await openPage(this.house.chromium, this.house.url, { ...this.way, ...options });
    page.setDefaultTimeout(10_000);
    this.opened.push(page);
    return page;
  }

  /** A page of the administrator, signed in. */
  async administrator(options) {
    const page = await this.stranger(options);
    await page.context().addCookies(this.house.session);
    await page.goto('/');
    await on(page, `Hello ${owner.first}`);
    return page;
  }

  /** An address of this way's own. */
  address(name) {
    return `${name}.${this.way.javascript ? 'on' : 'off'}${this.time}@localsync.example`;
  }

  /** The link in the next mail to somebody, as they follow it. */
  async link(address, kind = 'invitations') {
    const message = await this.house.mail.next(address);
    const found = message.text.match(new RegExp(`http://localhost:\\d+/${kind}/\\S+`));
    assert.ok(found, `no link in the mail to ${address}:\n${message.text}`);
    return Object.assign(new String(found[0]), { message });
  }

  /** Somebody follows their invitation in a browser of their own and sets a password. */
  async accept(address) {
    const page = await this.stranger();
    await page.goto(String(await this.link(address)));
    await on(page, `Join ${accountName}`);
    await fill(page, { 'Choose a password': password });
    await press(page, 'Accept the invitation');
    await page.waitForURL(/\/accounts\//);
    return page;
  }

  /** A user, made by the forms that the wizard ends with. For journeys that begin where the wizard ends. */
  async user(first, last, address, type, { company = ['Harbor Dental'], send = 'now', agent = 'no' } = {}) {
    const page = await this.administrator();
    const ids = type === 'administrator' ? [] : await this.#companies(page, company);
    const form = new URLSearchParams({ agent, user_type: type, first_name: first, last_name: last, email: address, send });
    for (const id of ids) form.append('company', id);
    const answer = await page.context().request.post(`${this.house.home}/users`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      data: form.toString(),
    });
    assert.match(answer.url(), /\/users\/USR\w+\/created$/);
    return page;
  }

  async #companies(page, names) {
    const html = await (await page.context().request.get(`${this.house.home}/companies`)).text();
    return names.map((name) => html.match(new RegExp(`companies/(COM\\w+)"[^>]*>${name}<`))[1]);
  }

  /** Looks at a page that is new to this file: as it is here, and with scripts in all sizes and themes. */
  async look(page, name) {
    const here = watchOf(page);
    const seen = (this.house.seen ??= new Set());
    if (seen.has(`${name} ${here.javascript}`)) return;
    seen.add(`${name} ${here.javascript}`);
    if (!here.javascript) return look(page, name);
    const { width, theme } = here;
    try {
      for (const each of [1280, 320]) {
        await page.setViewportSize({ width: each, height: each < 600 ? 640 : 900 });
        for (const colours of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme: colours });
          Object.assign(here, { width: each, theme: colours });
          await look(page, name);
        }
      }
    } finally {
      Object.assign(here, { width, theme });
      await page.setViewportSize({ width, height: width < 600 ? 640 : 900 });
      await page.emulateMedia({ colorScheme: theme });
    }
  }
}

/** Waits for a page, or a dialog, of this title. */
export const on = (page, title) => page.getByRole('heading', { level: 1, name: title }).last().waitFor();

/** Waits for these words. */
export const sees = (page, words) => page.getByText(words).locator('visible=true').first().waitFor();

/** Loads a page again. One whose reader's access has just changed does so by itself, which breaks this off. */
export const again = (page) => unlessBrokenOff(() => page.reload());

/** Goes to a page; the same holds. */
export const go = (page, url) => unlessBrokenOff(() => page.goto(url));

async function unlessBrokenOff(act, tries = 3) {
  try {
    return await act();
  } catch (error) {
    if (tries === 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return unlessBrokenOff(act, tries - 1);
  }
}

/** Fills fields by their labels. */
export async function fill(page, fields) {
  for (const [label, value] of Object.entries(fields)) {
    const name = new RegExp(`^${label}( \\(optional\\))?$`);
    await page.getByLabel(name).locator('visible=true').fill(value);
  }
}

/** Chooses radio buttons and boxes by what their labels begin with. */
export async function choose(page, ...labels) {
  for (const label of labels) await page.getByLabel(new RegExp(`^${label}`)).first().check();
}

/** Presses a button, or follows a link that looks like one. */
export async function press(page, name, within = front(page)) {
  const wanted = { name: typeof name === 'string' ? new RegExp(`^${name}$`, 'i') : name };
  await within.getByRole('button', wanted).or(within.getByRole('link', wanted)).locator('visible=true').first().click();
}

/** The dialog that is open, or else the page without its rail. */
const front = (page) => page.locator('dialog[open], main:not(:has(~ dialog[open]))');

/** Follows a link. */
export const follow = (page, name, within = front(page)) =>
  within.getByRole('link', { name, exact: true }).locator('visible=true').first().click();

/** The account icon at the top left opens the My Account panel. */
export async function openMyAccount(page) {
  await page.getByRole('button', { name: /My Account/ }).locator('visible=true').click();
  const panel = page.getByRole('navigation', { name: 'My Account' });
  await panel.waitFor();
  return panel;
}

/** My Account > an entry. */
export async function myAccount(page, entry) {
  await follow(page, entry, await openMyAccount(page));
}

/** My Account > Users. */
export async function openUsers(page) {
  await myAccount(page, 'Users');
  await on(page, /^Users$/);
}

/** The row of a list that has these words. */
export const row = (page, words) => page.locator('tbody tr', { hasText: words });

/** Under this tab. */
export async function tab(page, name) {
  await page.locator('.tabs').getByRole('link', { name: new RegExp(`^${name}`) }).click();
  await page.locator('.tabs [aria-current]', { hasText: name }).waitFor();
}

/** What the rail and the panel offer. */
export async function menu(page) {
  const names = (selector) => page.locator(`${selector} a.nav-link`).allTextContents();
  return { rail: clean(await names('#rail')), panel: clean(await names('#my-account')) };
}
const clean = (names) => names.map((name) => name.trim());

/** What the server answers this person at an address. */
export const status = async (page, path) => (await page.context().request.get(path)).status();

/** A dialog where there are scripts, a page of its own where there are none. */
export async function isDialog(page, { javascript }) {
  assert.equal(await page.locator('dialog[open]').count(), javascript ? 1 : 0);
}

/** The summary of errors: these sentences, each a link to its field, or no link where there is none. */
export async function errors(page, expected) {
  const summary = page.getByRole('alert');
  await summary.waitFor();
  const found = {};
  for (const item of await summary.getByRole('listitem').all()) {
    const link = item.getByRole('link');
    const field = (await link.count()) ? (await link.getAttribute('href')).slice(1) : '';
    if (field) assert.equal(await page.locator(`[id="${field}"]`).count(), 1, `there is no field ${field}`);
    found[field] = await item.innerText();
  }
  assert.deepEqual(found, expected);
}
