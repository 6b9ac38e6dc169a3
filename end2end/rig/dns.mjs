// A small DNS server over UDP and TCP that answers from a table; what is not in it does not exist.
import * as dgram from 'node:dgram';
import * as net from 'node:net';

const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28, SRV: 33 };
const NAMES = Object.fromEntries(Object.entries(TYPES).map(([k, v]) => [v, k]));
const table = new Map(); // "name TYPE" -> [value]
const failures = new Map(); // name or '*' -> {kind: servfail|nxdomain|timeout, times}
export const stats = { queries: 0, byName: {} };

// Values: A "127.0.0.1"; MX {priority, host}; SRV {priority, weight, port, host}; TXT "text"; CNAME "host".
export function set(name, type, values) { table.set(`${name.toLowerCase()} ${type.toUpperCase()}`, [values].flat()); }
export function unset(name, type) { for (const key of table.keys()) if (key === `${name.toLowerCase()} ${type?.toUpperCase()}` || (!type && key.startsWith(`${name.toLowerCase()} `))) table.delete(key); }
export function fail(name, kind, times = -1) { if (kind) failures.set(name.toLowerCase(), { kind, times }); else failures.delete(name.toLowerCase()); }
export const all = () => Object.fromEntries(table);
const exists = (name) => [...table.keys()].some((k) => k.startsWith(`${name} `) || k.split(' ')[0].endsWith(`.${name}`));

const packName = (name) => Buffer.concat([...name.split('.').filter(Boolean).map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])), Buffer.from([0])]);
const u16 = (...n) => { const b = Buffer.alloc(2 * n.length); n.forEach((v, i) => b.writeUInt16BE(v, 2 * i)); return b; };

function pack(type, v) {
  switch (type) {
    case 'A': return Buffer.from(v.split('.').map(Number));
    case 'MX': return Buffer.concat([u16(v.priority ?? 10), packName(v.host)]);
    case 'SRV': return Buffer.concat([u16(v.priority ?? 0, v.weight ?? 1, v.port), packName(v.host)]);
    case 'TXT': return Buffer.concat(String(v).match(/.{1,255}/gs).map((s) => Buffer.concat([Buffer.from([Buffer.byteLength(s)]), Buffer.from(s)])));
    default: return packName(v);
  }
}

function reply(query, overUdp) {
  let at = 12;
  const labels = [];
  while (query[at]) { labels.push(query.subarray(at + 1, at + 1 + query[at]).toString('latin1')); at += query[at] + 1; }
  const type = NAMES[query.readUInt16BE(at + 1)];
  const question = query.subarray(12, at + 5);
  const name = labels.join('.').toLowerCase();
  stats.queries += 1;
  stats.byName[`${name} ${type}`] = (stats.byName[`${name} ${type}`] ?? 0) + 1;
  const head = (rcode, answers, truncated = false) => Buffer.concat([query.subarray(0, 2), u16(0x8400 | (query[2] & 1 ? 0x0100 : 0) | 0x0080 | (truncated ? 0x0200 : 0) | rcode, 1, answers, 0, 0), question]);
  const failure = failures.get(name) ?? failures.get('*');
  if (failure && failure.times !== 0) {
    failure.times -= 1;
    if (failure.kind === 'timeout') return undefined;
    return head(failure.kind === 'nxdomain' ? 3 : 2, 0);
  }
  const alias = table.get(`${name} CNAME`);
  const found = (table.get(`${name} ${type}`) ?? []).map((v) => [name, type, v]);
  if (alias && type !== 'CNAME') {
    found.push([name, 'CNAME', alias[0]]);
    for (const v of table.get(`${alias[0]} ${type}`) ?? []) found.push([alias[0], type, v]);
  }
  if (!found.length) return head(exists(name) ? 0 : 3, 0);
  const records = found.map(([n, t, v]) => { const data = pack(t, v); return Buffer.concat([packName(n), u16(TYPES[t], 1, 0, 5, data.length), data]); });
  const full = Buffer.concat([head(0, records.length), ...records]);
  return overUdp && full.length > 1232 ? head(0, 0, true) : full;
}

const safely = (query, overUdp) => { try { return reply(query, overUdp); } catch { return undefined; } };

export async function listen(port) {
  const udp = dgram.createSocket('udp4');
  udp.on('message', (query, from) => { const out = safely(query, true); if (out) udp.send(out, from.port, from.address); });
  const tcp = net.createServer((socket) => {
    let buffered = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE(0)) {
        const length = buffered.readUInt16BE(0);
        const out = safely(buffered.subarray(2, 2 + length), false);
        buffered = buffered.subarray(2 + length);
        if (out) socket.write(Buffer.concat([u16(out.length), out]));
      }
    });
  });
  await Promise.all([new Promise((ok) => { udp.bind(port, '127.0.0.1', ok); }), new Promise((ok) => { tcp.listen(port, '127.0.0.1', ok); })]);
  return { close: () => { udp.close(); tcp.close(); } };
}
