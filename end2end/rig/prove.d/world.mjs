// Claims about DNS, bad certificates, two rigs at once, and ending.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as tls from 'node:tls';
import { Imap, dns, post, sleep } from './clients.mjs';

export async function world(env, claim, { run, spawn, here }) {
  const C = env.RIG_CONTROL;
  await claim('DNS: A, MX, SRV over UDP and TCP, NXDOMAIN, a set record, a failure', async () => {
    const a = await dns(env, 'outlook.office365.example', 'A');
    const mx = await dns(env, 'contoso.example', 'MX');
    const srv = await dns(env, '_imaps._tcp.litware.example', 'SRV', { tcp: true });
    const none = await dns(env, 'nowhere.example', 'A');
    await post(`${C}/dns/set`, { name: 'new.example', type: 'TXT', values: 'v=test' });
    const txt = await dns(env, 'new.example', 'TXT');
    await post(`${C}/dns/fail`, { name: 'contoso.example', kind: 'servfail', times: 1 });
    const fail = await dns(env, 'contoso.example', 'MX');
    return [a.answers === 1 && mx.text.includes('contoso-example') && mx.text.includes('protection') && srv.answers === 1 && srv.text.includes('imap') && none.rcode === 3 && txt.text.includes('v=test') && fail.rcode === 2 && (await dns(env, 'contoso.example', 'MX')).rcode === 0];
  });
  await claim('a new user\'s domain has an MX and its mail arrives without a restart', async () => {
    await post(`${C}/users`, { email: 'someone@brand-new.example', password: 'p', oauth: true });
    const mx = await dns(env, 'brand-new.example', 'MX');
    await post(`${C}/mail/send`, { from: 'mia@customer.example', to: 'someone@brand-new.example' });
    await sleep(500);
    return [mx.text.includes('brand-new-example') && (await post(`${C}/mail/list`, { user: 'someone@brand-new.example' })).messages.length === 1];
  });
  await claim('bad certificates: another authority, expired, another name; a silent and a closed port', async () => {
    const why = (port) => new Promise((ok) => { const s = tls.connect({ port: +port, host: '127.0.0.1', servername: 'imap.litware.example', ca: fs.readFileSync(env.RIG_CA) }, () => { s.destroy(); ok('trusted'); }); s.on('error', (e) => ok(e.code)); });
    const got = [await why(env.LITWARE_IMAPS_PORT), await why(env.STRANGER_IMAPS_PORT), await why(env.EXPIRED_IMAPS_PORT), await why(env.NAMELESS_IMAPS_PORT)];
    const closed = await new Promise((ok) => { const s = net.connect(+env.CLOSED_PORT, '127.0.0.1', () => ok('open')); s.on('error', (e) => ok(e.code)); });
    const silent = await new Promise((ok) => { const s = net.connect(+env.SILENT_PORT, '127.0.0.1'); s.on('data', () => ok('speaks')); setTimeout(() => { s.destroy(); ok('silent'); }, 300); });
    return [got[0] === 'trusted' && !got.slice(1).includes('trusted') && new Set(got).size === 4 && closed === 'ECONNREFUSED' && silent === 'silent', got.join()];
  });
  await claim('a second rig runs beside this one, in the foreground, and ends with everything when its stdin closes', async () => {
    const state = fs.mkdtempSync('/tmp/rig.');
    const child = spawn(`${here}rig`, ['run'], { env: { ...process.env, RIG_STATE: state, RIG_PORT_BASE: '' }, stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((ok, no) => { child.stdout.on('data', (c) => { if (/ready/.test(c)) ok(); }); child.on('exit', () => no(new Error('it ended'))); });
    const second = Object.fromEntries(fs.readFileSync(`${state}/env`, 'utf8').split('\n').map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]));
    await post(`${second.RIG_CONTROL}/mail/send`, { from: 'mia@customer.example', to: 'hello@litware.example', subject: 'second' });
    const i = await Imap.open(second, second.LITWARE_IMAPS_PORT, 'imap.litware.example');
    const both = (await i.command('LOGIN hello@litware.example hello-pass')).ok && (await fetch(`${C}/health`)).ok && second.RIG_PORT_BASE !== env.RIG_PORT_BASE;
    await sleep(400);
    const apart = (await post(`${second.RIG_CONTROL}/mail/list`, { user: 'hello@litware.example' })).messages.length === 1 && (await post(`${C}/mail/list`, { user: 'hello@litware.example' })).messages.length === 0;
    const t = Date.now();
    child.stdin.end();
    await new Promise((ok) => { child.on('exit', ok); });
    const took = Date.now() - t;
    await sleep(100);
    const left = fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => { try { return fs.readFileSync(`/proc/${p}/cmdline`, 'latin1').includes(state); } catch { return false; } });
    return [both && apart && !fs.existsSync(state) && !left.length, `stopped in ${took} ms`];
  });
  await claim('killed outright, a rig leaves no server running', async () => {
    const state = fs.mkdtempSync('/tmp/rig.');
    await run({ RIG_STATE: state, RIG_PORT_BASE: '' }, 'start');
    // The rig runs as root, behind sudo where the caller is somebody else.
    const kill = ['kill', '-KILL', fs.readFileSync(`${state}/pid`, 'utf8').trim()];
    execFileSync(process.getuid() === 0 ? kill[0] : 'sudo', process.getuid() === 0 ? kill.slice(1) : ['-n', ...kill]);
    let left;
    for (let n = 0; n < 100; n += 1) {
      left = fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => { try { return fs.readFileSync(`/proc/${p}/cmdline`, 'latin1').includes(state); } catch { return false; } });
      if (!left.length) break;
      await sleep(50);
    }
    await run({ RIG_STATE: state }, 'wipe');
    return [!left.length && !fs.existsSync(state)];
  });
}
