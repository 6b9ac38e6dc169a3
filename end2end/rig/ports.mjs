// Which port does what, as an offset in one block of 50.
import * as net from 'node:net';

export const OFFSETS = {
  CONTROL_PORT: 0, IDP_PORT: 1, GOOGLE_PORT: 2, DNS_PORT: 3,
  DOVECOT_IMAP_PORT: 4, DOVECOT_IMAPS_PORT: 5, LMTP_PORT: 6, SASL_PORT: 7,
  MX_PORT: 8, SUBMISSION_PORT: 9, SUBMISSIONS_PORT: 10, TRUSTED_PORT: 11, SOCKETMAP_PORT: 12,
  EXCHANGE_IMAPS_PORT: 20, EXCHANGE_SMTP_PORT: 21, OUTLOOK_SMTP_PORT: 22,
  GMAIL_IMAPS_PORT: 23, GMAIL_SMTP_PORT: 24, GMAIL_SMTPS_PORT: 25,
  LITWARE_IMAPS_PORT: 26, LITWARE_IMAP_PORT: 27, LITWARE_SMTP_PORT: 28, LITWARE_SMTPS_PORT: 29,
  STRANGER_IMAPS_PORT: 30, EXPIRED_IMAPS_PORT: 31, NAMELESS_IMAPS_PORT: 32, CLOSED_PORT: 33, SILENT_PORT: 34,
};
const BLOCK = 50;

const tryListen = (server, port) => new Promise((ok) => {
  server.once('error', () => ok(false));
  server.listen(port, '127.0.0.1', () => { server.removeAllListeners('error'); ok(true); });
});
async function free(port) {
  const probe = net.createServer();
  if (!await tryListen(probe, port)) return false;
  await new Promise((ok) => { probe.close(ok); });
  return true;
}

// Takes a block by listening on its control port at once: two rigs that start together cannot choose the same.
// Blocks lie below the range from which the kernel takes ports for outgoing connections.
export async function claim(server, wanted) {
  const bases = wanted ? [wanted] : Array.from({ length: 60 }, () => 20_000 + BLOCK * Math.floor(Math.random() * 250));
  for (const base of bases) {
    if (!await tryListen(server, base)) continue;
    const rest = await Promise.all(Object.values(OFFSETS).filter((o) => o > 0).map((o) => free(base + o)));
    if (rest.every(Boolean)) return { base, ports: Object.fromEntries(Object.entries(OFFSETS).map(([k, o]) => [k, base + o])) };
    await new Promise((ok) => { server.close(ok); });
  }
  throw new Error(wanted ? `the ports from ${wanted} on are not free` : 'no free block of ports found');
}
