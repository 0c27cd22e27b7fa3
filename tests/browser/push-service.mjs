// A push service on this machine, and a browser that is reached there: it opens what it gets with keys of its own, as
// RFC 8291 says.

import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

/** Starts the service. `env` has the server send there, `next(path)` waits for a message, `answers` says by path what it answers. */
export async function startPushService() {
  const taken = [];
  const waiting = new Set();
  const answers = new Map();
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    taken.push({ path: request.url, headers: request.headers, body: Buffer.concat(parts) });
    response.writeHead(answers.get(request.url) ?? 201).end();
    waiting.forEach((look) => look());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${server.address().port}`;
  const next = (path, seconds = 15) =>
    new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        waiting.delete(look);
        clearTimeout(timer);
        settle(value);
      };
      const look = () => {
        const at = taken.findIndex((message) => message.path === path);
        if (at >= 0) finish(resolve, taken.splice(at, 1)[0]);
      };
      const timer = setTimeout(() => finish(reject, new Error(`nothing was pushed to ${path} within ${seconds} s`)), seconds * 1000);
      waiting.add(look);
      look();
    });
  return {
    env: { ROLLCALL_PUSH_ADDRESSES: address },
    url: `http://${address}`,
    answers,
    next,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

/** A browser's keys and what it says of itself, at an endpoint. */
export function subscription(endpoint) {
  const own = createECDH('prime256v1');
  const publicKey = own.generateKeys();
  const auth = randomBytes(16);
  const keys = { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') };
  return { said: { endpoint, expirationTime: null, keys }, open: (message) => open(own, publicKey, auth, message) };
}

function open(own, publicKey, auth, message) {
  const salt = message.subarray(0, 16);
  assert.deepEqual([message.readUInt32BE(16), message[20]], [4096, 65]);
  const sender = message.subarray(21, 86);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender]);
  const secret = derive(auth, own.computeSecret(sender), info, 32);
  const key = derive(salt, secret, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(salt, secret, 'Content-Encoding: nonce\0', 12);
  const sealed = message.subarray(86);
  const lock = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([lock.update(sealed.subarray(0, -16)), lock.final()]);
  assert.equal(text.at(-1), 2);
  return text.subarray(0, -1).toString();
}

const derive = (salt, secret, info, length) => Buffer.from(hkdfSync('sha256', secret, salt, info, length));
