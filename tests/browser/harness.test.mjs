// Proves the harness on pages of its own: whoever trusts a green journey trusts this file first.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { launch, matrix, nameOf, openPage } from './browser.mjs';
import { look } from './look.mjs';
import { startMail } from './mail.mjs';
import { root } from './process.mjs';
import { startRollcall } from './server.mjs';

const page = (body, head = '') => `<!doctype html><html lang="en"><head><title>A page</title>
  <meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
  <link rel="icon" href="data:,">${head}</head><body><main><h1>A page</h1>${body}</main></body></html>`;

const pages = {
  '/good': page('<p>Nothing is wrong here.</p><script src="/good.js"></script><noscript>No script.</noscript>'),
  '/image': page('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'),
  '/wide': page('<div style="width: 1400px">wide</div>'),
  '/error': page('<p>x</p><script src="/error.js"></script>'),
  '/log': page('<p>x</p><script src="/log.js"></script>'),
  '/inline': page('<p>x</p><script>document.title = "not allowed"</script>'),
  '/elsewhere': page('<p>x</p>', '<link rel="stylesheet" href="http://127.0.0.1:9/style.css">'),
  '/lost': page('<p>x</p><img alt="lost" src="/nothing.png">'),
  '/forbidden': page('<p>You may not do that.</p>'),
  '/pale': page('<p style="color: #777; background: #888">hardly to be read</p>'),
};
const scripts = {
  '/good.js': 'document.body.dataset.script = "ran"',
  '/error.js': 'nothing.here()',
  '/log.js': 'console.error("a bad sign")',
};

let site;
let base;
let chromium;

before(async () => {
  site = createServer((request, response) => {
    const body = pages[request.url] ?? scripts[request.url];
    response.writeHead(request.url === '/forbidden' ? 403 : body ? 200 : 404, {
      'content-type': scripts[request.url] ? 'text/javascript' : 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline' http://127.0.0.1:9; img-src 'self' data:",
    });
    response.end(body);
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  base = `http://localhost:${site.address().port}`;
  chromium = await launch();
});

after(async () => {
  await chromium?.close();
  site?.close();
});

/** Opens an address in a combination and does something with the page. */
async function at(path, combination, act) {
  const opened = await openPage(chromium, base, combination);
  try {
    await opened.goto(path);
    return await act(opened);
  } finally {
    await opened.context().close();
  }
}

/** What look says against a page; null if nothing. */
const complaint = (path, combination = {}) =>
  at(path, combination, (opened) => look(opened, `harness${path.replace('/', '-')}`).then(() => null, (e) => e.message));

describe('a good page passes', () => {
  for (const combination of matrix) {
    test(nameOf(combination), async () => {
      assert.equal(await complaint('/good', combination), null);
      const { width, theme, javascript } = combination;
      assert.ok(existsSync(join(root, `target/screenshots/harness-good-${width}-${theme}${javascript ? '' : '-nojs'}.png`)));
    });
  }

  test('and the combinations are real', async () => {
    const state = () => ({
      width: innerWidth,
      dark: matchMedia('(prefers-color-scheme: dark)').matches,
      script: document.body.dataset.script ?? 'none',
      noscript: document.querySelector('noscript').getBoundingClientRect().width > 0,
    });
    const small = { width: 320, theme: 'dark', javascript: false };
    assert.deepEqual(await at('/good', small, (p) => p.evaluate(state)), { width: 320, dark: true, script: 'none', noscript: true });
    const large = { width: 1280, theme: 'light', javascript: true };
    assert.deepEqual(await at('/good', large, (p) => p.evaluate(state)), { width: 1280, dark: false, script: 'ran', noscript: false });
  });

  test('a refusal is a page too', async () => assert.equal(await complaint('/forbidden'), null));
});

describe('a bad page fails, and the message says why', () => {
  for (const combination of matrix) {
    test(`a picture without a text, ${nameOf(combination)}`, async () => {
      assert.match(await complaint('/image', combination), /axe image-alt: .*\n\s+at img: <img /);
    });
  }
  const cases = [
    ['scrolls sideways', '/wide', /scrolls sideways: 14\d\d px of content; for example <div/],
    ['a script breaks', '/error', /an error in a script: nothing is not defined/],
    ['an error in the console', '/log', /the console says: a bad sign/],
    ['a script that the policy forbids', '/inline', /the console says: .*Content Security Policy/],
    ['a request to another host', '/elsewhere', /a request to another host: http:\/\/127\.0\.0\.1:9\/style\.css/],
    ['a part of the page is missing', '/lost', /the console says: Failed to load resource.*nothing\.png/],
    ['too little contrast', '/pale', /axe color-contrast/],
  ];
  for (const [name, path, message] of cases) {
    test(name, async () => assert.match((await complaint(path)) ?? 'no complaint', message));
  }
  test('scrolls sideways without JavaScript', async () => {
    assert.match(await complaint('/wide', { width: 320, javascript: false }), /scrolls sideways/);
  });
});

describe('the mail server', () => {
  let mail;
  before(async () => (mail = await startMail()));
  after(() => mail?.stop());

  test('keeps what it takes', async () => {
    assert.equal(await send(mail.port, 'anna@example.com'), '250');
    const message = await mail.next('anna@example.com');
    assert.equal(message.subject, 'Grüße an alle');
    assert.equal(message.text.trim(), 'Grüße: http://localhost/a?b=c');
    assert.deepEqual(message.to, ['anna@example.com']);
  });

  test('behaves badly when told to', async () => {
    const answers = { refuse: '550', temporary: '451', 'drop-data': 'broken off', 'drop-greeting': 'broken off' };
    for (const [mode, answer] of Object.entries(answers)) {
      await mail.mode(mode);
      assert.equal(await send(mail.port, 'anna@example.com'), answer, mode);
    }
    assert.equal((await mail.all()).length, 1);
    await mail.mode('slow 0.5');
    const began = Date.now();
    assert.equal(await send(mail.port, 'anna@example.com'), '250');
    assert.ok(Date.now() - began >= 500);
    assert.equal((await mail.all()).length, 2);
  });
});

describe('the program', () => {
  // Stands in for the binary: says the links, answers, and ends as it is told.
  const standIn = `
    const { ROLLCALL_LISTEN, ROLLCALL_BASE_URL, ROLLCALL_DATA_DIR } = process.env;
    require('node:fs').writeFileSync(ROLLCALL_DATA_DIR + '/used', '');
    require('node:http').createServer((_, answer) => answer.end('hello')).listen(ROLLCALL_LISTEN.split(':')[1], '127.0.0.1');
    console.log('set-up link: ' + ROLLCALL_BASE_URL + '/setup/abc');
    setTimeout(() => console.log('operator link: ' + ROLLCALL_BASE_URL + '/operator/def'), 100);
    process.on('SIGTERM', () => process.exit(0));`;

  test('starts with a fresh folder, tells its links, and stops', async () => {
    const rollcall = await startRollcall({ binary: process.execPath, args: ['-e', standIn] });
    assert.equal(await (await fetch(rollcall.url)).text(), 'hello');
    assert.equal(await rollcall.setupLink(), `${rollcall.url}/setup/abc`);
    assert.equal(await rollcall.operatorLink(), `${rollcall.url}/operator/def`);
    assert.ok(existsSync(join(rollcall.data, 'used')));
    assert.equal(await rollcall.stop(), 'exit code 0');
    assert.ok(!existsSync(rollcall.data));
  });

  test('one that does not start says why', async () => {
    const broken = { binary: process.execPath, args: ['-e', 'console.log("no such setting"); process.exit(3)'] };
    await assert.rejects(startRollcall(broken), /has ended \(exit code 3\)\. Its output:\nno such setting/);
  });

  test('one that does not stop is an error', async () => {
    const deaf = standIn.replace('process.exit(0)', '{}');
    const rollcall = await startRollcall({ binary: process.execPath, args: ['-e', deaf], seconds: 2 });
    await assert.rejects(rollcall.stop(), /was still running 2 s after SIGTERM/);
  });
});

/** Sends one message, line by line; gives the last answer's code, or how it ended. */
function send(port, to) {
  const message =
    'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_an?= =?utf-8?q?_alle?=\r\nContent-Type: text/plain; charset=utf-8\r\n' +
    'Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe: http://localhost/=\r\na?b=3Dc\r\n.';
  const lines = ['EHLO test', 'MAIL FROM:<x@example.com>', `RCPT TO:<${to}>`, 'DATA', message];
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.on('data', (text) => {
      const code = text.match(/^(\d{3}) /m)?.[1];
      if (!code) return;
      if (code >= '400' || lines.length === 0) {
        socket.destroy();
        resolve(code);
      } else socket.write(`${lines.shift()}\r\n`);
    });
    socket.on('error', () => resolve('broken off'));
    socket.on('close', () => resolve('broken off'));
  });
}
