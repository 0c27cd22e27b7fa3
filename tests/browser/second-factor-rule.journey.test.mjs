// A second factor that is asked of everybody, and showing again who one is.

import * as j from './journey.mjs';

const house = j.furnish();

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
