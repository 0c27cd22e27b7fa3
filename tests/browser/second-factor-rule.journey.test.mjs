// A second factor that is asked of everybody, and showing again who one is.

import * as j from './journey.mjs';

const house = j.furnish();
/** A server whose operator asks everybody, from the day after tomorrow on. */
const asked = new Date(Date.now() + 2 * 24 * 3_600_000).toISOString().slice(0, 10);
const asking = j.furnish({ env: { ROLLCALL_SECOND_FACTOR_FROM: asked } });

j.journey('A-02 whoever runs the server asks everybody for a second factor: told on every page and in the settings', asking, async (walk) => {
  const page = await walk.administrator();
  await j.sees(page, /^From .+ on you need a second factor here\.$/);
  await walk.look(page, 'second-factor-rule-server-banner');
  await j.myAccount(page, 'Account settings');
  await page.getByRole('link', { name: /^Second factor for everybody/ }).click();
  await j.sees(page, /^Whoever runs this server asks everybody for one from .+ on, here too\.$/);
  await walk.look(page, 'second-factor-rule-server');
});

j.journey('A-02 a second factor is asked of everybody: who has none, and why one needs one’s own first', house, async (walk) => {
  const page = await walk.administrator();
  await j.myAccount(page, 'Account settings');
  await page.getByRole('link', { name: /^Second factor for everybody/ }).click();
  await j.on(page, 'Second factor for everybody');
  await j.sees(page, 'Nobody needs one now.');
  await j.sees(page, 'Who has none yet');
  await walk.look(page, 'second-factor-rule');
  await j.press(page, 'Ask everybody for it');
  await walk.look(page, 'second-factor-rule-no-day');
  const day = await page.locator('#from').getAttribute('min');
  await page.locator('#from').fill(day);
  await j.press(page, 'Ask everybody for it');
  await j.sees(page, 'Set up your own second factor first: else you would shut yourself out.');
  await walk.look(page, 'second-factor-rule-own-first');

  // Somebody of this walk alone: who shows it again has another token from then on.
  const kim = walk.address('kim');
  await walk.user('Kim', 'Lowe', kim, 'manager');
  const own = await walk.accept(kim);
  await own.goto('/me/proof?next=%2Fme');
  await j.on(own, 'Is it you?');
  await walk.look(own, 'proof');
  await j.fill(own, { 'Present password': 'not the password' });
  await j.press(own, 'Go on');
  await walk.look(own, 'proof-wrong');
  await j.fill(own, { 'Present password': j.password });
  await j.press(own, 'Go on');
  await j.on(own, 'My Profile');
});
