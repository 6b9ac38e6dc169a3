// Seals as the vault does (engine/src/vault.rs: XChaCha20-Poly1305, format 1), for rows that a bench copies: a sealed
// value opens for its own row alone.
import * as crypto from 'node:crypto';

/** HChaCha20 (draft-irtf-cfrg-xchacha): a key of its own for the first 16 bytes of a long nonce. */
export function hchacha(key, nonce) {
  const words = new Uint32Array(16);
  words.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  for (let n = 0; n < 8; n += 1) words[4 + n] = key.readUInt32LE(4 * n);
  for (let n = 0; n < 4; n += 1) words[12 + n] = nonce.readUInt32LE(4 * n);
  const mix = (a, b, c, d) => {
    for (const [to, from, into, by] of [[a, b, d, 16], [c, d, b, 12], [a, b, d, 8], [c, d, b, 7]]) {
      words[to] += words[from];
      const one = words[into] ^ words[to];
      words[into] = (one << by) | (one >>> (32 - by));
    }
  };
  for (let n = 0; n < 10; n += 1) {
    mix(0, 4, 8, 12); mix(1, 5, 9, 13); mix(2, 6, 10, 14); mix(3, 7, 11, 15);
    mix(0, 5, 10, 15); mix(1, 6, 11, 12); mix(2, 7, 8, 13); mix(3, 4, 9, 14);
  }
  const out = Buffer.alloc(32);
  for (let n = 0; n < 4; n += 1) { out.writeUInt32LE(words[n], 4 * n); out.writeUInt32LE(words[12 + n], 16 + 4 * n); }
  return out;
}

/** A secret sealed for one purpose with a key file's text. */
export function seal(keyText, purpose, secret) {
  const key = Buffer.from(keyText.trim(), 'base64'), nonce = crypto.randomBytes(24);
  const id = crypto.createHash('sha256').update('mailkeep key id').update(key).digest().subarray(0, 4);
  const cipher = crypto.createCipheriv('chacha20-poly1305', hchacha(key, nonce), Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]), { authTagLength: 16 });
  const text = Buffer.from(secret);
  cipher.setAAD(Buffer.from(purpose), { plaintextLength: text.length });
  return Buffer.concat([Buffer.from([1]), id, nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}
