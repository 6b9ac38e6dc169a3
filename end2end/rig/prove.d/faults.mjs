// Claims about the disturbances.
import { Imap, Smtp, plain, post, sleep } from './clients.mjs';

export async function faults(env, claim) {
  const C = env.RIG_CONTROL;
  const exchange = () => Imap.open(env, env.EXCHANGE_IMAPS_PORT, 'outlook.office365.example');
  const fault = (f) => post(`${C}/front/fault`, f);
  const make = async (name, mails = 0) => {
    const user = `${name}@f-${name}.example`;
    await post(`${C}/users`, { users: [{ email: user, password: 'p', oauth: true }] });
    if (mails) await post(`${C}/mail/append`, { user, subject: 'm', text: 'x'.repeat(3000), count: mails });
    const { access_token } = await post(`${C}/idp/mint`, { account: user });
    return { user, token: access_token };
  };
  const session = async ({ user, token }) => { const i = await exchange(); await i.xoauth2(user, token); await i.command('SELECT INBOX'); return i; };

  await claim('cut: the open session of that user ends at once, another user\'s goes on', async () => {
    const [a, b] = [await make('cut'), await make('whole')];
    const [i, j] = [await session(a), await session(b)];
    const { hit } = await fault({ user: a.user, kind: 'cut' });
    const [ended, fine] = [await i.command('NOOP'), await j.command('NOOP')];
    j.close();
    return [hit === 1 && ended.closed && fine.ok];
  });
  await claim('stall: nothing comes until cleared, then all of it; slow: 20 KB at 10,000 bytes a second', async () => {
    const a = await make('stall', 6);
    const i = await session(a);
    await fault({ user: a.user, kind: 'stall', on: 'FETCH' });
    const waiting = i.command('UID FETCH 1:* (BODY.PEEK[])', { ms: 8000 });
    const first = await Promise.race([waiting, sleep(600).then(() => 'silence')]);
    await fault({ user: a.user, clear: true });
    await i.command('NOOP').catch(() => {});
    await fault({ user: a.user, kind: 'slow', bytesPerSecond: 10_000 });
    const t = Date.now();
    const s = await i.command('UID FETCH 1:5 (BODY.PEEK[])', { ms: 9000 });
    const took = Date.now() - t;
    i.close();
    waiting.catch(() => {});
    return [first === 'silence' && s.ok && took > 1200, `slow fetch took ${took} ms`];
  });
  await claim('stall released: the waiting command is answered', async () => {
    const a = await make('resume', 2);
    const i = await session(a);
    await fault({ user: a.user, kind: 'stall' });
    const waiting = i.command('NOOP', { ms: 8000 });
    await sleep(300);
    await fault({ user: a.user, clear: true });
    const r = await waiting;
    i.close();
    return [r.ok];
  });
  await claim('NO or BAD half-way through FETCH, SEARCH, STORE and EXPUNGE; the session goes on, once each', async () => {
    const a = await make('half', 6);
    const i = await session(a);
    const results = [];
    for (const [verb, text, kind, seen] of [['FETCH', 'UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER])', 'no', /FETCH/], ['SEARCH', 'UID SEARCH ALL', 'bad', /^\* SEARCH 1 2 3$/], ['STORE', 'UID STORE 1:* +FLAGS (\\Deleted)', 'no', /FETCH/], ['EXPUNGE', 'EXPUNGE', 'bad', /EXPUNGE/]]) {
      await fault({ user: a.user, kind, on: verb, ...(verb === 'FETCH' ? { after: 2 } : {}) });
      const r = await i.command(text);
      results.push(r.last.startsWith(kind.toUpperCase()) && r.untagged.filter((l) => seen.test(l)).length === (verb === 'FETCH' ? 2 : 1) && (await i.command('NOOP')).ok);
    }
    const after = await i.command('UID SEARCH ALL');
    i.close();
    return [results.every(Boolean) && after.ok, results.join()];
  });
  await claim('answer: a given line for a given command; close: the link ends cleanly between two responses', async () => {
    const a = await make('answer', 4);
    const i = await session(a);
    await fault({ user: a.user, kind: 'answer', on: 'SELECT', line: '{tag} NO Server Unavailable. 15' });
    const no = await i.command('SELECT INBOX');
    const yes = await i.command('SELECT INBOX');
    await fault({ user: a.user, kind: 'close', on: 'UID FETCH', after: 2 });
    const r = await i.command('UID FETCH 1:* (UID FLAGS)');
    await fault({ user: a.user, kind: 'answer', on: 'AUTHENTICATE', line: '{tag} NO [UNAVAILABLE] later' });
    const j = await exchange();
    const auth = [await j.xoauth2(a.user, a.token), await j.xoauth2(a.user, a.token)];
    j.close();
    return [no.last === 'NO Server Unavailable. 15' && yes.ok && r.closed && r.untagged.length === 2 && auth[0].last.includes('UNAVAILABLE') && auth[1].ok];
  });
  await claim('literal: 500 MB announced, then silence', async () => {
    const a = await make('literal', 1);
    const i = await session(a);
    await fault({ user: a.user, kind: 'literal' });
    i.write('l UID FETCH 1 (BODY.PEEK[])');
    const line = await i.line();
    const rest = await Promise.race([i.line(400).catch(() => 'silence')]);
    i.close();
    return [/\{524288000\}$/.test(line) && rest === 'silence', line];
  });
  await claim('bye ends the open session with the given words; a fault may name a host before anybody signed in', async () => {
    const a = await make('bye');
    const i = await session(a);
    await fault({ user: a.user, kind: 'bye' });
    const line = await i.line();
    await fault({ port: env.LITWARE_IMAPS_PORT, kind: 'answer', on: 'CONNECT', line: '* BYE Too many connections' });
    const l = await Imap.open(env, env.LITWARE_IMAPS_PORT, 'imap.litware.example');
    const m = await Imap.open(env, env.LITWARE_IMAPS_PORT, 'imap.litware.example');
    l.close(); m.close();
    return [line === '* BYE Session invalidated - AccessTokenExpired' && l.greeting === '* BYE Too many connections' && m.greeting.startsWith('* OK')];
  });
  await claim('SMTP: dropped after DATA the message is delivered once, dropped before it is not; an answer for RCPT', async () => {
    const user = 'smtp@litware.example';
    await post(`${C}/users`, { users: [{ email: user, imap_password: 'p' }, { email: 'smtpto@customer.example', imap_password: 'p' }] });
    const open = async () => { const s = await Smtp.open(env, env.LITWARE_SMTP_PORT, 'smtp.litware.example'); await s.ask(`AUTH PLAIN ${plain(user, 'p')}`); return s; };
    const go = async (subject) => { const s = await open(); const r = await s.send(user, 'smtpto@customer.example', { subject }); s.close(); return r; };
    await fault({ user, kind: 'drop-after-data' });
    const after = await go('after');
    await fault({ user, kind: 'drop-before-data' });
    const before = await go('before');
    await fault({ user, kind: 'answer', on: 'RCPT', line: '450 4.2.1 later' });
    const rcpt = await go('rcpt');
    const fine = await go('fine');
    await sleep(400);
    const got = (await post(`${C}/mail/list`, { user: 'smtpto@customer.example' })).messages.map((m) => m.subject).sort();
    return [after === null && before === null && rcpt.startsWith('450') && fine.startsWith('250') && got.join() === 'after,fine', got.join()];
  });
  await claim('network: down for a user, for a host; up again', async () => {
    const [a, b] = [await make('down'), await make('up')];
    const i = await session(a);
    await post(`${C}/front/network`, { down: true, user: a.user });
    const cut = await i.command('NOOP');
    const j = await exchange();
    const again = await j.xoauth2(a.user, a.token);
    const k = await exchange();
    const other = await k.xoauth2(b.user, b.token);
    await post(`${C}/front/network`, { down: false, user: a.user });
    const l = await exchange();
    const up = await l.xoauth2(a.user, a.token);
    k.close(); l.close();
    await post(`${C}/front/network`, { down: true, host: 'imap.gmail.example' });
    const gmail = await Imap.open(env, env.GMAIL_IMAPS_PORT, 'imap.gmail.example').then(() => 'open', () => 'refused');
    await post(`${C}/front/network`, { down: false, host: 'imap.gmail.example' });
    return [cut.closed && again.closed && other.ok && up.ok && gmail === 'refused'];
  });
  await claim('whole network down: mail hosts and identity provider alike; up again', async () => {
    await post(`${C}/front/network`, { down: true, scope: 'all' });
    const mail = await exchange().then(() => 'open', () => 'refused');
    const idp = await fetch(`${env.IDP_URL}/common/oauth2/v2.0/token`, { method: 'POST', body: 'x=y' }).then(() => 'open', () => 'refused');
    await post(`${C}/front/network`, { down: false });
    return [mail === 'refused' && idp === 'refused' && (await fetch(`${env.IDP_URL}/common/discovery/v2.0/keys`)).ok];
  });
  await claim('stats by user: sign-ins, commands, open sessions', async () => {
    const a = await make('stats', 1);
    const i = await session(a);
    await i.command('UID FETCH 1 (FLAGS)');
    const s = await post(`${C}/front/stats`, { user: a.user });
    i.close();
    return [s.open === 1 && s.counts.imap.logins === 1 && s.counts.imap.commands['UID FETCH'] === 1 && s.sessions[0].folder === 'INBOX'];
  });
}
