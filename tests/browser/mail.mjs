// A mail server for a journey:
//   const mail = await startMail();  env: mail.env  …  const { text } = await mail.next('anna@example.com');

import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { start } from './process.mjs';

const script = fileURLToPath(new URL('smtp/server.py', import.meta.url));

/** Starts the server in a mode: see smtp/server.py for the modes. */
export async function startMail({ mode = 'normal', seconds = 20 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-mail-'));
  const modeFile = join(folder, 'mode');
  const box = join(folder, 'box');
  // Debian's Python has Debian's aiosmtpd; another python3 on the path may not.
  const program = start('/usr/bin/python3', [script, '--folder', box, '--mode', mode, '--mode-file', modeFile]);
  const [, port] = await program.line(/listening on 127\.0\.0\.1:(\d+)/);

  const all = async () => {
    const names = (await readdir(box)).filter((name) => name.endsWith('.eml')).sort();
    return Promise.all(names.map(async (name) => parse(await readFile(join(box, name), 'utf8'))));
  };
  /** Waits for a message to this address that no earlier `next` has handed out. */
  const next = async (address) => {
    const taken = next.taken.get(address) ?? 0;
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const found = (await all()).filter((message) => message.to.includes(address));
      if (found.length > taken) {
        next.taken.set(address, taken + 1);
        return found[taken];
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no mail to ${address} within ${seconds} s; there are ${(await all()).length} in all`);
  };
  next.taken = new Map();

  return {
    port: Number(port),
    /** The settings with which rollcall sends its mail here. */
    env: { ROLLCALL_SMTP_URL: `smtp://127.0.0.1:${port}`, ROLLCALL_MAIL_FROM: 'Rollcall <hello@rollcall.example>' },
    all,
    next,
    mode: (word) => writeFile(modeFile, word),
    stop: async () => {
      await program.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Envelope, header lines, and the bodies in plain text and HTML with their transfer encoding undone. */
function parse(raw) {
  const { headers, body } = split(raw);
  const parts = {};
  collect(headers, body, parts);
  return {
    raw,
    headers,
    from: headers.get('x-envelope-from')[0],
    to: headers.get('x-envelope-to'),
    subject: words(headers.get('subject')?.[0] ?? ''),
    text: parts['text/plain'] ?? '',
    html: parts['text/html'] ?? '',
  };
}

function split(raw) {
  const [, head, body] = raw.match(/^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/) ?? [null, raw, ''];
  const headers = new Map();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = line.match(/^([^:]+):\s*(.*)$/) ?? [];
    if (name) headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return { headers, body };
}

function collect(headers, body, parts) {
  const type = headers.get('content-type')?.[0] ?? 'text/plain';
  const boundary = type.match(/boundary="?([^";]+)"?/)?.[1];
  if (boundary) {
    for (const part of body.split(`--${boundary}`).slice(1, -1)) {
      const inner = split(part.replace(/^\r?\n/, ''));
      collect(inner.headers, inner.body, parts);
    }
    return;
  }
  const encoding = headers.get('content-transfer-encoding')?.[0].toLowerCase();
  parts[type.split(';')[0].trim().toLowerCase()] = decode(body, encoding);
}

function decode(body, encoding) {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') return quoted(body.replace(/=\r?\n/g, ''));
  return body;
}

const quoted = (text) =>
  Buffer.from(text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString('utf8');

/** A header with encoded words, such as =?utf-8?q?…?=. */
const words = (header) =>
  header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_, kind, text) =>
      kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('utf8') : quoted(text.replaceAll('_', ' ')),
    );
