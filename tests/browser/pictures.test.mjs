// The pictures of the documentation show the pages as they are. A picture's pixels are not compared: fonts and dates
// differ from one computer to the next. What its page says is, and that picture and words were made together.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { beside, folder, take } from './pictures.mjs';
import { root } from './process.mjs';

const renew = 'Run `npm run pictures` in tests/browser, look at docs/pictures, and commit what has changed';
let pages;

before(async () => {
  pages = await take({ draws: false });
});

test('every picture shows its page as it is', async () => {
  for (const { name, words } of pages) {
    const image = await readFile(join(folder, `${name}.webp`)).catch(() => assert.fail(`${name}.webp is missing. ${renew}.`));
    const kept = await readFile(join(folder, `${name}.txt`), 'utf8').catch(() => '');
    assert.equal(kept, beside(image, words), `${name}.webp is of an earlier page. ${renew}.`);
    assert.ok(image.length < 100_000, `${name}.webp has ${image.length} bytes`);
  }
});

test('every picture is shown somewhere, and none is missing', async () => {
  const there = (await readdir(folder)).sort();
  assert.deepEqual(there, pages.flatMap(({ name }) => [`${name}.txt`, `${name}.webp`]).sort());
  const guides = await Promise.all(['README.md', 'docs/administrator.md'].map((path) => readFile(join(root, path), 'utf8')));
  const shown = new Set(guides.flatMap((text) => [...text.matchAll(/pictures\/([\w-]+)\.webp/g)].map(([, name]) => name)));
  assert.deepEqual([...shown].sort(), pages.map(({ name }) => name).sort());
});
