// Makes the pictures of the documentation: `npm run pictures` writes docs/pictures/users.png.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { launch, openPage } from './browser.mjs';
import * as j from './journey.mjs';
import { root } from './process.mjs';
import { startRollcall } from './server.mjs';

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

const data = await mkdtemp(join(tmpdir(), 'rollcall-pictures-'));
const chromium = await launch();
try {
  const cookies = await settle();
  arrive();
  await picture(cookies);
} finally {
  await chromium.close();
  await rm(data, { recursive: true, force: true });
}

/** The account with everybody invited; some of them stay so. */
async function settle() {
  const rollcall = await startRollcall({ data });
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
  const { cookies } = await page.context().storageState();
  await page.context().close();
  await rollcall.stop();
  return { cookies, home };
}

/** They have accepted, and were here at different times. */
function arrive() {
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
        done = db.execute("""update "user" set status = 'active', last_active_at = ? where email = ?""", (at, email))
        assert done.rowcount == 1, email`;
  execFileSync('/usr/bin/python3', ['-c', script, join(data, 'rollcall.db'), JSON.stringify(seen)]);
}

async function picture({ cookies, home }) {
  const rollcall = await startRollcall({ data });
  const page = await openPage(chromium, rollcall.url);
  await page.context().addCookies(cookies);
  await page.goto(`${home}/users`);
  await j.on(page, /^Users$/);
  await page.setViewportSize({ width: 1280, height: 840 });
  await mkdir(join(root, 'docs/pictures'), { recursive: true });
  await page.screenshot({ path: join(root, 'docs/pictures/users.png') });
  await rollcall.stop();
}
