// Takes the pictures of the documentation, and the words of the pages they show: `npm run pictures` writes
// docs/pictures/*.webp and, beside each, its words. pictures.test.mjs says when a page has other words by now.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch, openPage } from './browser.mjs';
import * as j from './journey.mjs';
import { startMail } from './mail.mjs';
import { root } from './process.mjs';
import { startRollcall } from './server.mjs';

export const folder = join(root, 'docs/pictures');

const companies = ['Harbor Dental', 'Maple Grove Roofing', 'Riverside Movers', 'Lakeview Vets', 'Summit Heating & Air'];

/** First and last name, type, agent or not, chat display name, companies, and hours since they were last here. */
const people = [
  ['Amira', 'Haddad', 'administrator', 'no', '', [], 2],
  ['Ben', 'Kowalski', 'manager', 'no', '', [0, 1, 2, 3], 5],
  ['Elena', 'Marino', 'manager', 'yes', 'Elena at Harbor', [0, 3], 1],
  ['Jonas', 'Eriksen', 'reporting', 'no', '', [1], 27],
  ['Keiko', 'Nakamura', 'agent', 'yes', 'Keiko', [0], 0.2],
  ['Lucia', 'Fuentes', 'agent', 'yes', 'Lucia', [2, 3], 0.5],
  ['Natalie', 'Brandt', 'reporting', 'no', '', [0, 1, 2, 3, 4], 51],
  ['Omar', 'Farah', 'manager', 'no', '', [4], 9],
  ['Priya', 'Shah', 'reporting', 'yes', 'Priya from LocalSync', [2, 4], 3],
  ['Roofing team', '', 'notification', 'no', '', [1], null],
  ['Sofia', 'Álvarez', 'reporting', 'no', '', [3], 170],
  ['Theo', 'Lindqvist', 'manager', 'no', '', [0, 2], 30],
];
const address = (first, last) => `${[first, last].filter(Boolean).join('.').toLowerCase().replace(/ /g, '-').normalize('NFD').replace(/[^a-z.-]/g, '')}@localsync.example`;

/**
 * All pictures: their names, what is on them in words, and, where `draws`, the images. A picture is of a dialog, or of
 * the page beside its rail; the list of users is taken whole.
 */
export async function take({ draws }) {
  const data = await mkdtemp(join(tmpdir(), 'rollcall-pictures-'));
  const chromium = await launch();
  try {
    const { cookies, home } = await settle(chromium, data);
    arrive(data);
    const rollcall = await startRollcall({ data });
    try {
      const page = await openPage(chromium, rollcall.url);
      await page.context().addCookies(cookies);
      const album = new Album(chromium, page, home, draws);
      await happen(album);
      for (const [name, go] of Object.entries(scenes)) await album.add(name, go);
      return album.pictures;
    } finally {
      await rollcall.stop();
    }
  } finally {
    await chromium.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** What makes each picture: the steps to its page. */
const scenes = {
  users: (album) => album.open('/users', 'Users'),
  create: async ({ page, home }) => {
    await page.goto(`${home}/users/new`);
    await j.choose(page, 'No');
    await j.press(page, 'Next: User type');
    await j.on(page, 'What type of user will they be?');
    await j.choose(page, 'Manager');
  },
  user: (album) => album.user('Priya', 'Shah'),
  promote: async (album) => {
    await album.user('Jonas', 'Eriksen');
    await j.press(album.page, 'Promote to manager');
    await j.on(album.page, 'Promote Jonas Eriksen to manager?');
  },
  less: async (album) => {
    await album.user('Ben', 'Kowalski');
    await album.page.getByText('Give a type that allows less').click();
    await j.press(album.page, 'Change to reporting');
    await j.on(album.page, 'Change Ben Kowalski to reporting?');
  },
  'last-day': async (album) => {
    await album.user('Lucia', 'Fuentes');
    await j.press(album.page, 'Set a last day');
    await j.on(album.page, 'When does Lucia Fuentes’s access end?');
  },
  deleted: (album) => album.open('/users?tab=deleted', 'Users'),
  undo: async (album) => {
    await album.open('/users?tab=deleted', 'Users');
    await j.press(album.page, 'Undo the deletion of Omar Farah');
    await j.on(album.page, 'Undo for Omar Farah: deleted');
  },
  company: async (album) => {
    await album.open(`/companies/${album.company('Lakeview Vets')}/users/invite`, 'Give access to Lakeview Vets');
  },
  permissions: (album) => album.open('/permissions', 'What each user type may do'),
  access: (album) => album.open(`/users/${album.id('Priya', 'Shah')}/access`, 'What Priya Shah may do, and where'),
  explain: async (album) => {
    const { page } = album;
    await album.open(`/users/${album.id('Jonas', 'Eriksen')}/explain`, 'Why may Jonas Eriksen do something, or not?');
    await page.getByLabel('What is it about?').selectOption({ label: 'Set up and disable integrations' });
    await j.press(page, 'Explain');
    await page.locator('.answer').waitFor();
  },
};

/** What has happened in the account before the pictures are taken. */
async function happen(album) {
  const { page, home } = album;
  await page.goto(`${home}/users`);
  album.ids = Object.fromEntries(await page.locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => [row.cells[1].innerText.trim(), row.querySelector('th a').href.split('/').pop()]),
  ));
  await page.goto(`${home}/companies`);
  album.companies = Object.fromEntries(await page.locator('tbody th a').evaluateAll((links) =>
    links.map((link) => [link.innerText, link.href.split('/').pop()]),
  ));
  // What is changed is what the page of the change shows.
  const post = async (path, form = {}) => {
    const shown = await (await page.context().request.get(`${home}${path}`)).text();
    const version = /name="version" value="(\d+)"/.exec(shown)[1];
    assert.ok((await page.context().request.post(`${home}${path}`, { form: { version, ...form } })).ok(), path);
  };
  await post(`/users/${album.id('Theo', 'Lindqvist')}/end`, { ends_on: '2031-03-31' });
  await post(`/users/${album.id('Sofia', 'Álvarez')}/suspend`);
  await post(`/users/${album.id('Omar', 'Farah')}/delete`);
  await post(`/companies/${album.company('Lakeview Vets')}/users/${album.id('Priya', 'Shah')}/give`);
}

/** A browser that goes from page to page and keeps what it sees. */
class Album {
  constructor(chromium, page, home, draws) {
    Object.assign(this, { chromium, page, home, draws, pictures: [] });
  }

  id(first, last) {
    return this.ids[address(first, last)];
  }

  company(name) {
    return this.companies[name];
  }

  async open(path, title) {
    await this.page.goto(`${this.home}${path}`);
    await j.on(this.page, title);
  }

  user(first, last) {
    return this.open(`/users/${this.id(first, last)}`, `${first} ${last}`);
  }

  async add(name, go) {
    const { page } = this;
    const whole = name === 'users';
    await page.setViewportSize({ width: whole ? 1280 : 1180, height: whole ? 840 : 320 });
    await go(this);
    const dialog = page.locator('dialog[open]');
    const isDialog = (await dialog.count()) > 0;
    if (isDialog) await page.setViewportSize({ width: 1180, height: 1000 });
    const seen = isDialog ? dialog : page.locator('main');
    const words = plain(await seen.ariaSnapshot());
    const image = this.draws ? await this.#webp(await (whole ? page : seen).screenshot()) : undefined;
    this.pictures.push({ name, words, image });
  }

  /** Chromium's own encoder; as PNG the pictures are three times as large. */
  async #webp(png) {
    const page = await this.chromium.newPage();
    const data = await page.evaluate(async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      canvas.getContext('2d').drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', 0.9);
    }, `data:image/png;base64,${png.toString('base64')}`);
    await page.close();
    return Buffer.from(data.split(',')[1], 'base64');
  }
}

/** Words without what is another one each time: ids and moments. */
const plain = (snapshot) =>
  snapshot
    .replace(/\b(ACC|USR|COM)[0-9a-f]{32}\b/g, '$1…')
    .replace(/\b\d{1,2} [A-Z][a-z]{2}( \d{4})?, \d\d:\d\d/g, 'MOMENT')
    .concat('\n');

/** The file beside a picture: which image it belongs to, and the words. */
export const beside = (image, words) => `${createHash('sha256').update(image).digest('hex')}\n${words}`;

/** The account with everybody in it; who is invited last stays so. */
async function settle(chromium, data) {
  const mail = await startMail();
  try {
    const rollcall = await startRollcall({ data, env: mail.env });
    try {
      return await furnish(chromium, rollcall, mail);
    } finally {
      await rollcall.stop();
    }
  } finally {
    await mail.stop();
  }
}

async function furnish(chromium, rollcall, mail) {
  const page = await openPage(chromium, rollcall.url);
  await page.goto(await rollcall.setupLink());
  await j.fill(page, {
    'Account name': j.accountName,
    'Time zone': 'America/New_York',
    'First name': j.owner.first,
    'Last name': j.owner.last,
    'Email address': j.owner.email,
    Password: j.password,
  });
  await j.press(page, 'Create the account');
  await j.on(page, `Hello ${j.owner.first}`);
  const home = new URL(page.url()).pathname;
  const { request } = page.context();
  for (const name of companies) {
    await request.post(`${home}/companies/new`, { form: { name, time_zone: 'America/New_York', lead_center: 'yes' } });
  }
  const html = await (await request.get(`${home}/companies`)).text();
  const id = (name) => html.match(new RegExp(`companies/(COM\\w+)"[^>]*>${name.replace('&', '&#38;')}<`))[1];
  const invited = [['Imani', 'Okafor', 'manager', 'no', '', [1, 4]], ['Wanda', 'Novak', 'reporting', 'no', '', [0]]];
  for (const [first, last, type, agent, display, places] of [...people, ...invited]) {
    const form = new URLSearchParams({ agent, user_type: type, first_name: first, last_name: last, email: address(first, last), display_name: display });
    for (const place of places) form.append('company', id(companies[place]));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await request.post(`${home}/users`, { headers, data: form.toString() });
    assert.match(answer.url(), /\/created$/, `${first} ${last}`);
  }
  for (const [first, last] of people.filter(([, , type]) => type !== 'notification')) {
    await accept(chromium, rollcall.url, await mail.next(address(first, last)));
  }
  const { cookies } = await page.context().storageState();
  await page.context().close();
  return { cookies, home };
}

/** Somebody follows the link in their mail and sets a password. */
async function accept(chromium, url, { text }) {
  const page = await openPage(chromium, url);
  const { request } = page.context();
  await request.get(text.match(/http:\/\/localhost:\d+\/invitations\/\S+/)[0]);
  const answer = await request.post('/invitation', { form: { password: j.password } });
  assert.match(answer.url(), /\/accounts\//, text);
  await page.context().close();
}

/** They were here at different times. */
function arrive(data) {
  const now = Date.now() * 1000;
  const seen = [[j.owner.email, Math.round(now - 3.6e8)]];
  for (const [first, last, , , , , hours] of people) {
    seen.push([address(first, last), hours === null ? 0 : Math.round(now - hours * 3.6e9)]);
  }
  const script = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
with db:
    for email, at in json.loads(sys.argv[2]):
        done = db.execute("""update "user" set last_active_at = ? where email = ?""", (at, email))
        assert done.rowcount == 1, email`;
  execFileSync('/usr/bin/python3', ['-c', script, join(data, 'rollcall.db'), JSON.stringify(seen)]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(folder, { recursive: true });
  for (const { name, words, image } of await take({ draws: true })) {
    await writeFile(join(folder, `${name}.webp`), image);
    await writeFile(join(folder, `${name}.txt`), beside(image, words));
  }
}
