// White label: an account types its brand, looks at all of it, switches it on, and is seen under it on a host of its own.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { openPage } from './browser.mjs';
import * as j from './journey.mjs';
import { look } from './look.mjs';
import { built } from './server.mjs';

const house = j.furnish();
const run = promisify(execFile);

/** A small picture: a bar in two colours. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAPAAAAA8CAIAAADXHaAKAAAAwElEQVR42u3SMQkAMAwAwezRVgf1D1kL3WMgBloO3sFf5F7PVfdIYwG0gAZaQAMtoIEW0AIaaAENtIAGWkADLaAFNNACGmgBDbSABlpAC2igBTTQAhpoAW2bgBbQQAtooAU00AJaAlpAAy2ggRbQQAtoCWgBDbSABlpAAy2gJaAFNNACGmgBDbSAFtBAC2igBTTQAhpoAS2ggRbQQAtooAU00AJaQAMtoIEW0EALaKAFtIAGWkADLaCBFtAS0Pq/Bj0+kcHzFmKCAAAAAElFTkSuQmCC',
  'base64',
);

j.journey('G-10 C-09 white label: typed, looked at, switched on, and seen on a host of its own', house, async (walk, way) => {
  const page = await walk.administrator();
  const brand = way.javascript ? 'Bright Calls' : 'Clear Voices';
  const host = way.javascript ? 'bright.brand.test' : 'clear.brand.test';
  await j.myAccount(page, 'Account settings');
  await j.follow(page, /^White label/);
  await j.on(page, 'White label');
  await walk.look(page, way.javascript ? 'white-label-new' : 'white-label-before');
  await j.fill(page, { Name: brand, Colour: '#ffd400', 'Address for help': 'help@bright.example' });
  await j.press(page, 'Save changes');
  await j.errors(page, {
    accent: 'White text on this colour has a contrast of 1.43 to 1, and it needs 4.5 to 1. Choose a darker one.',
  });
  await walk.look(page, 'white-label-contrast');
  const byEye = page.getByLabel('Choose the colour by eye');
  assert.equal(await byEye.isVisible(), way.javascript);
  if (way.javascript) {
    await byEye.fill('#0b5c4e');
    assert.equal(await page.getByLabel('Colour', { exact: true }).inputValue(), '#0b5c4e');
  }
  await j.fill(page, { Colour: '0b5c4d', 'Link to your terms': 'https://bright.example/terms' });
  await page.getByLabel(/^Logo/).setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') });
  await j.press(page, 'Save changes');
  await j.errors(page, { logo: "An SVG can carry scripts, and mail programs don't show it. Save it as a PNG." });
  assert.equal(await page.getByLabel('Link to your terms').inputValue(), 'https://bright.example/terms');
  await walk.look(page, 'white-label-svg');
  await page.getByLabel(/^Logo/).setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: picture });
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
  await page.getByAltText('The logo as it is').waitFor();

  if (way.javascript) {
    await j.follow(page, 'See all on one page');
    await j.on(page, 'Pages and mails');
    assert.ok((await page.locator('iframe').count()) > 20);
    await walk.look(page, 'white-label-preview-all');
    await j.press(page, 'All of it looks right');
    await page.getByRole('button', { name: /^(Switch white label on|Show what was edited)$/ }).waitFor();
    // What is edited is looked at again.
    await j.fill(page, { 'Link to your privacy notice': 'https://bright.example/privacy' });
    await j.press(page, 'Save changes');
    await j.sees(page, 'Saved.');
  }
  await j.press(page, 'Look at them one by one');
  await j.on(page, 'Page: sign in');
  await walk.look(page, 'white-label-preview-page');
  let seen = 0;
  while ((await page.getByRole('heading', { level: 1 }).last().innerText()) !== 'White label') {
    if (seen === 3) await walk.look(page, 'white-label-preview-mail');
    await j.press(page, 'Looks right, go on');
    await page.waitForLoadState();
    seen += 1;
  }
  assert.ok(seen > 20, `only ${seen} were looked at`);
  await walk.look(page, 'white-label-ready');
  await j.press(page, /^(Switch white label on|Show what was edited)$/);
  await j.sees(page, 'White label is on.');
  await walk.look(page, 'white-label-on');

  const account = house.home.split('/')[2];
  await run(built, ['brand', 'host', account, host], {
    env: { ...process.env, ROLLCALL_DATA_DIR: house.rollcall.data, ROLLCALL_BASE_URL: house.url },
  });
  const there = house.url.replace('localhost', host);
  for (const width of [320, 1280]) {
    const own = await openPage(house.chromium, there, { ...way, width });
    walk.opened.push(own);
    await own.goto('/');
    await j.on(own, 'Sign in');
    assert.equal(await own.getByAltText(brand).count(), 1);
    assert.doesNotMatch(await own.content(), /rollcall/i);
    await look(own, 'white-label-sign-in');
    await j.press(own, 'Español');
    await j.on(own, 'Iniciar sesión');
    await look(own, 'white-label-sign-in-spanish');
    await j.press(own, 'English');
    await j.on(own, 'Sign in');
    await j.fill(own, { 'Email address': j.owner.email, Password: j.password });
    await j.press(own, 'Sign in');
    await j.on(own, `Hello ${j.owner.first}`);
    await look(own, 'white-label-home');
    await own.goto('/nowhere');
    await look(own, 'white-label-nowhere');
    assert.doesNotMatch(await own.content(), /rollcall/i);
  }

  const address = walk.address('kim');
  await walk.user('Kim', 'Lee', address, 'administrator');
  const mail = await house.mail.next(address);
  assert.match(mail.text, new RegExp(`http://${host}:\\d+/invitations/`));
  assert.doesNotMatch(JSON.stringify(mail), /rollcall/i);
  await page.goto(`${house.home}/white-label`);
  await j.press(page, 'Switch white label off');
  await j.sees(page, 'White label is off.');
});
