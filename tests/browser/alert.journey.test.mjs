// Alerts and summaries: somebody sets up their own and a colleague's, tries a company's, reads what comes by mail, and
// whoever got it ends it from the mail without signing in.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

/** The card of this title. */
const card = (page, title) => page.locator('form.card', { has: page.getByRole('heading', { level: 3, name: title }) });

j.journey('G-08 P-01 U-17 U-18 alerts and summaries are set up, tried, read, and ended', house, async (walk) => {
  const mia = walk.address('mia');
  const page = await walk.user('Mia', 'Okafor', mia, 'manager', { company: ['Maple Grove Roofing'] });
  await house.mail.next(mia);
  await page.goto(`${house.home}/me`);
  await j.follow(page, 'Alerts and summaries');
  await j.sees(page, 'No alerts are set up.');
  await j.sees(page, 'Calls and texts themselves are not part of this version yet');
  await walk.look(page, 'alerts-none');

  const fresh = card(page, 'Add an alert');
  await fresh.getByLabel('Calls').selectOption('No calls');
  await j.press(page, 'Add an alert', fresh);
  await j.errors(page, { 'calls-new': 'Choose calls, texts, or both.' });
  assert.equal(await fresh.getByLabel('Calls').inputValue(), '');
  await fresh.getByLabel('Texts').check();
  await fresh.getByLabel('Email').uncheck();
  await j.press(page, 'Add an alert', fresh);
  await j.errors(page, { 'by-new': 'Choose email, push, or both.' });
  assert.equal(await fresh.getByLabel('Texts').isChecked(), true);
  await walk.look(page, 'alerts-wrong');
  await fresh.getByLabel('Company').selectOption('Maple Grove Roofing');
  await fresh.getByLabel('Calls').selectOption('Missed calls and voicemails');
  await fresh.getByLabel('Email').check();
  await j.press(page, 'Add an alert', fresh);
  await j.sees(page, 'The alert is set up.');

  const summary = card(page, 'Add a summary');
  await j.press(page, 'Add a summary', summary);
  await j.errors(page, { 'often-summary-new': 'Choose how often it comes.' });
  await summary.getByLabel('Weekly').check();
  await j.press(page, 'Add a summary', summary);
  await j.sees(page, 'The summary is set up.');
  await walk.look(page, 'alerts-set-up');

  const users = await page.context().request.get(`${house.home}/users?tab=pending&q=${encodeURIComponent(mia)}`);
  await page.goto(`${house.home}/users/${(await users.text()).match(/users\/(USR\w+)/)[1]}`);
  await j.follow(page, 'Alerts and summaries');
  await j.on(page, /Alerts and summaries for .*Mia Okafor/);
  await j.press(page, 'Add an alert', card(page, 'Add an alert'));
  await j.sees(page, 'The alert is set up.');
  await walk.look(page, 'alerts-of-another');

  await page.goto(`${house.home}/companies`);
  const row = j.row(page, 'Maple Grove Roofing');
  await row.getByRole('button').click();
  await row.getByRole('link', { name: 'Test alert' }).click();
  await j.on(page, /Test the alerts of .*Maple Grove Roofing/);
  await page.getByLabel('What came in').selectOption('Answered call');
  await j.press(page, 'Show who is told');
  await j.sees(page, 'It goes to 1 person.');
  await walk.look(page, 'alerts-test');
  await page.getByLabel('What came in').selectOption('Missed call');
  await j.press(page, 'Show who is told');
  await j.sees(page, 'It goes to 2 people.');
  await j.press(page, 'Send the test');
  await j.sees(page, 'The test is on its way.');

  assert.match((await house.mail.next(j.owner.email)).subject, /^Test: Missed call: .* for Maple Grove Roofing$/);
  const stop = await walk.link(mia, 'unsubscribe');
  assert.equal(stop.message.headers.get('list-unsubscribe')[0], `<${stop}>`);

  const stranger = await walk.stranger();
  await stranger.goto(String(stop));
  await j.on(stranger, 'Get no more alert emails?');
  await walk.look(stranger, 'alerts-stop');
  await j.press(stranger, 'Stop these emails');
  await j.on(stranger, 'These emails have stopped');
  await walk.look(stranger, 'alerts-stopped');
  await stranger.goto(String(stop));
  await j.on(stranger, 'These emails have stopped');

  const test = page.url();
  await page.goto(test);
  await page.getByLabel('What came in').selectOption('Missed call');
  await j.press(page, 'Show who is told');
  await j.sees(page, 'It goes to 1 person.');

  const desk = walk.address('desk');
  await page.getByRole('textbox', { name: 'Email' }).fill(desk);
  await j.press(page, 'Set up');
  await j.on(page, new RegExp(`Alerts and summaries for .*${desk.split('@')[0]}`));
  assert.equal(await card(page, 'Add an alert').getByLabel('Company').locator('option:checked').innerText(), 'Maple Grove Roofing');
  await card(page, 'Add an alert').getByLabel('Company').selectOption('Choose a company');
  await j.press(page, 'Add an alert', card(page, 'Add an alert'));
  await j.errors(page, { 'company_id-new': 'Choose a company.' });
  await walk.look(page, 'alerts-outside-wrong');
  await card(page, 'Add an alert').getByLabel('Company').selectOption('Maple Grove Roofing');
  await j.press(page, 'Add an alert', card(page, 'Add an alert'));
  await j.sees(page, 'The alert is set up.');
  await walk.look(page, 'alerts-outside');
  await page.goto(test);
  await j.press(page, 'Send the test');
  await j.sees(page, 'The test is on its way.');
  await stranger.goto(String(await walk.link(desk, 'unsubscribe')));
  await j.press(stranger, 'Stop these emails');
  await j.on(stranger, 'These emails have stopped');
  await page.goto(test);
  await page.getByRole('textbox', { name: 'Email' }).fill(desk);
  await j.press(page, 'Set up');
  await j.sees(page, 'has stopped an alert or a summary of this account');
  await walk.look(page, 'alerts-outside-stopped');

  await page.goto(`${house.home}/alerts`);
  await j.press(page, 'Remove: .*Every company.*');
  await j.sees(page, 'The summary is removed.');
  await j.press(page, 'Remove: .*Maple Grove Roofing.*');
  await j.sees(page, 'The alert is removed.');
  await j.sees(page, 'No summaries are set up.');
});
