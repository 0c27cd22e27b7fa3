// An invitation that does not reach its reader: the list and the page say so, and the address is mended in place (U-06, I-07).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import * as j from './journey.mjs';
import { built } from './server.mjs';

const house = j.furnish();

/** Waits until the page, loaded again and again, has these words. */
async function comes(page, words, tries = 40) {
  for (let n = 0; n < tries; n += 1) {
    if ((await page.locator('main').innerText()).includes(words)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
    await page.reload();
  }
  throw new Error(`the page never says: ${words}`);
}

/** A mail that the mail server refuses, as there is no such address. */
async function refused(walk, first, last, address) {
  await house.mail.mode('refuse');
  const page = await walk.user(first, last, address, 'reporting');
  await j.openUsers(page);
  await j.tab(page, 'Pending invitations');
  await comes(page, '550 5.1.1 no such mailbox here');
  await house.mail.mode('normal');
  return page;
}

j.journey('I-07 U-06 a refused invitation says so, and goes to the right address', house, async (walk, way) => {
  const wrong = walk.address('natlie');
  const right = walk.address('natalie');
  const page = await refused(walk, 'Natalie', 'Okafor', wrong);
  await j.row(page, wrong).getByText('Refused by the mail server').waitFor();
  await page.locator('.note.warn', { hasText: 'did not reach' }).getByRole('link', { name: 'Natalie Okafor' }).waitFor();
  await walk.look(page, 'users-pending-refused');
  await j.row(page, wrong).getByRole('link', { name: 'Natalie Okafor', exact: true }).click();
  await j.on(page, 'Natalie Okafor');
  await j.sees(page, 'Try this address again');
  await walk.look(page, 'user-refused');

  await j.press(page, 'Change the address');
  await j.on(page, 'Change the address of Natalie Okafor?');
  await j.isDialog(page, way);
  await walk.look(page, 'user-mend');
  await j.fill(page, { 'Email address': j.owner.email });
  await j.press(page, 'Change and send');
  await j.errors(page, { email: 'A user with this address is in this account already.' });
  await walk.look(page, 'user-mend-error');
  await j.fill(page, { 'Email address': right });
  await j.press(page, 'Change and send');
  await j.on(page, 'Natalie Okafor');
  await j.sees(page, 'A new invitation is on its way there');
  await comes(page, 'Handed over to the mail server');
  assert.equal(await page.getByText('Try this address again').count(), 0);
  await walk.look(page, 'user-mended');

  const natalie = await walk.accept(right);
  await j.on(natalie, 'Hello Natalie');
});

j.journey('I-07 the operator sees what was not delivered, and has it tried again', house, async (walk) => {
  const address = walk.address('lost');
  await refused(walk, 'Lost', 'Mail', address);
  const operator = await walk.stranger();
  const env = {
    ...process.env, ...house.mail.env, ROLLCALL_DATA_DIR: house.rollcall.data, ROLLCALL_BASE_URL: house.url,
  };
  const { operator_link: link } = JSON.parse(execFileSync(built, ['operator-link'], { env, encoding: 'utf8' }));
  await operator.goto(link);
  await j.on(operator, 'Mails');
  await j.tab(operator, 'Not delivered');
  await j.row(operator, address).getByText('Refused', { exact: true }).waitFor();
  await walk.look(operator, 'operator-undelivered');
  await j.press(operator, `Try again: the mail to ${address}`);
  await j.sees(operator, 'The mail is in the queue again.');
  assert.equal(await j.row(operator, address).count(), 0);
  const lost = await walk.accept(address);
  await j.on(lost, 'Hello Lost');
});
