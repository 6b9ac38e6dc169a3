// The rig's certificates at the fronts' ports.
import * as fs from 'node:fs';
import * as tls from 'node:tls';

const contexts = new Map();
export function context(state, name = 'server') {
  if (!contexts.has(name)) contexts.set(name, tls.createSecureContext({ cert: fs.readFileSync(`${state}/tls/${name}.pem`), key: fs.readFileSync(`${state}/tls/${name}.key`), minVersion: 'TLSv1.2' }));
  return contexts.get(name);
}

// Puts TLS on a session's socket; the session goes on with the secured one.
export function upgrade(session) {
  return new Promise((ok, no) => {
    const plain = session.client;
    plain.resume();
    const secured = new tls.TLSSocket(plain, { isServer: true, secureContext: session.context });
    secured.once('secure', () => { secured.pause(); session.client = secured; ok(secured); });
    secured.once('error', no);
    secured.once('close', () => no(new Error('closed in the handshake')));
    secured.on('error', () => {});
  });
}
