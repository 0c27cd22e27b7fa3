// An identity provider on this machine: a program that many use (npm oidc-provider), with pages of its own to sign in at.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import { Provider } from 'oidc-provider';

const clientId = 'rollcall';
const secret = randomBytes(24).toString('base64url');

/**
 * Starts it. `env` lets the server ask it, `open(to)` lets it send people back there, `rotate()` gives it another key,
 * `typed` is what an administrator types.
 */
export async function startIdentityProvider() {
  let provider;
  let returnTo;
  const server = createServer((request, response) => answer(provider, request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${server.address().port}`;
  const issuer = `http://${host}`;
  const cookieKey = randomBytes(16).toString('hex');
  const rotate = () => {
    provider = new Provider(issuer, settings(returnTo, cookieKey, key()));
  };
  return {
    env: { ROLLCALL_PROVIDER_ADDRESSES: host },
    host,
    typed: { Issuer: issuer, 'Client ID': clientId, 'Client secret': secret },
    open: (to) => ((returnTo = to), rotate()),
    rotate,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

/** A signing key that nobody has seen yet. */
function key() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
}

function settings(returnTo, cookieKey, signing) {
  return {
    clients: [{ client_id: clientId, client_secret: secret, redirect_uris: [returnTo] }],
    jwks: { keys: [signing] },
    cookies: { keys: [cookieKey] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // Whoever signs in has agreed.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    ttl: { Session: 3600, Interaction: 600, Grant: 600, AccessToken: 60, AuthorizationCode: 60, IdToken: 60 },
  };
}

/** Its own pages ask who somebody is, and let them say no. */
async function answer(provider, request, response) {
  if (!request.url.startsWith('/interaction/')) return provider.callback()(request, response);
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(page);
  }
  const parts = [];
  for await (const part of request) parts.push(part);
  const form = new URLSearchParams(Buffer.concat(parts).toString());
  const result = form.has('no') ? { error: 'access_denied' } : { login: { accountId: form.get('name') } };
  return provider.interactionFinished(request, response, result);
}

const page = `<!doctype html><html lang="en"><title>Identity provider</title><link rel="icon" href="data:,"><h1>Who are you?</h1>
<form method="post"><label>Name <input name="name"></label><button>Sign in here</button><button name="no" value="1">No</button></form></html>`;
