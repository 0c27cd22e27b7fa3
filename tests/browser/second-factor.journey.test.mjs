// A second factor: set up with an app, asked for at sign-in, recovery codes, turned off.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import * as j from './journey.mjs';

const house = j.furnish();

/** A code is good in its own half minute alone: what is left of this one has to do for typing it. */
const enough = 8_000;
const halfMinute = 30_000;

/** The half minute of now, as soon as it is behind another one and there is time enough to type its code. */
async function step(behind = 0) {
  const now = Date.now();
  const next = (Math.floor(now / halfMinute) + 1) * halfMinute;
  if (Math.floor(now / halfMinute) > behind && next - now > enough) return Math.floor(now / halfMinute);
  await new Promise((done) => setTimeout(done, next - now + 100));
  return step(behind);
}

/** The code that an app shows in a half minute which was told these letters. */
function code(letters, counted) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...letters.replaceAll(' ', '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(counted));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function signIn(page, address) {
  await page.goto('/sign-in');
  await j.fill(page, { 'Email address': address, Password: j.password });
  await j.press(page, 'Sign in');
}

j.journey('A-02 U-18 a second factor is set up, asked for, stood in for, and turned off', house, async (walk) => {
  const sam = walk.address('sam');
  await walk.user('Sam', 'Okafor', sam, 'manager');
  const page = await walk.accept(sam);
  await page.goto('/me');
  assert.equal(await page.locator('dl.review dd', { hasText: /^Off/ }).count(), 2);
  await walk.look(page, 'second-factor-profile');
  await page.getByRole('link', { name: 'Change Second factor' }).click();
  await j.on(page, 'Second factor');
  await walk.look(page, 'second-factor-off');
  await j.press(page, 'Set it up');
  await j.sees(page, 'Scan this with your app');
  const letters = await page.locator('pre.code').innerText();
  assert.match(letters, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  assert.equal(await page.locator('svg.qr path').count(), 2);
  await walk.look(page, 'second-factor-shown');
  await j.fill(page, { Code: '000000', 'Present password': j.password });
  await j.press(page, 'Turn it on');
  await j.errors(page, { code: 'This code does not fit. Type the newest one that your app shows; a new one comes every half minute.' });
  await walk.look(page, 'second-factor-wrong');
  // Of a phone whose clock is half a minute behind.
  await j.fill(page, { Code: code(letters, (await step()) - 1), 'Present password': j.password });
  await j.press(page, 'Turn it on');
  await j.on(page, 'Your recovery codes');
  const codes = (await page.locator('pre.code').innerText()).trim().split('\n');
  assert.equal(codes.length, 10);
  await walk.look(page, 'second-factor-codes');
  await j.follow(page, 'I have kept them');
  await j.sees(page, '10 recovery codes are left.');
  await page.goto('/me');
  await j.sees(page, /^On, since /);
  await walk.look(page, 'second-factor-profile-on');
  await page.goto('/me/second-factor');
  await walk.look(page, 'second-factor-on');
  assert.equal((await house.mail.next(sam)).subject, 'Signing in asks for a code now');

  const elsewhere = await walk.stranger();
  await elsewhere.goto('/me/password');
  await signIn(elsewhere, sam);
  await j.on(elsewhere, 'One more step');
  await walk.look(elsewhere, 'second-factor-code');
  assert.equal(await j.status(elsewhere, '/accounts'), 200);
  await j.fill(elsewhere, { Code: '123' });
  await j.press(elsewhere, 'Sign in');
  await j.errors(elsewhere, { code: 'This code does not fit, or was used already. Type the newest one of your app, or a recovery code.' });
  // Somebody has set it right: one code is refused, and the next one taken.
  const first = await step();
  await j.fill(elsewhere, { Code: code(letters, first) });
  await j.press(elsewhere, 'Sign in');
  await j.errors(elsewhere, { code: 'That code has just passed: type the one your app shows now.' });
  await walk.look(elsewhere, 'second-factor-passed');
  await j.fill(elsewhere, { Code: code(letters, await step(first)) });
  await j.press(elsewhere, 'Sign in');
  await elsewhere.waitForURL(/\/accounts/);

  const third = await walk.stranger();
  await signIn(third, sam);
  await j.fill(third, { Code: codes[0].toUpperCase() });
  await j.press(third, 'Sign in');
  await third.waitForURL(/\/accounts/);
  assert.equal((await house.mail.next(sam)).subject, 'A recovery code was used');
  await third.goto('/second-factor');
  await j.on(third, 'This took too long');
  await walk.look(third, 'second-factor-closed');

  await page.goto('/me/second-factor');
  await j.fill(page, { Code: codes[1], 'Present password': j.password });
  await j.press(page, 'Turn it off');
  await j.sees(page, 'Your second factor is off.');
  const last = await walk.stranger();
  await signIn(last, sam);
  await last.waitForURL(/\/accounts/);
});
