// Claims about IMAP, SMTP and the words of the providers.
import { Imap, Smtp, plain, post, sleep } from './clients.mjs';

export async function mail(env, claim) {
  const C = env.RIG_CONTROL;
  const exchange = () => Imap.open(env, env.EXCHANGE_IMAPS_PORT, 'outlook.office365.example');
  const submission = () => Smtp.open(env, env.EXCHANGE_SMTP_PORT, 'smtp.office365.example');
  const token = async (account, more) => (await post(`${C}/idp/mint`, { account, ...more })).access_token;
  const subjects = async (user, folder = 'INBOX') => (await post(`${C}/mail/list`, { user, folder })).messages.map((m) => m.subject);
  const until = async (check, ms = 5000) => { const end = Date.now() + ms; for (;;) { const v = await check(); if (v || Date.now() > end) return v; await sleep(50); } };
  const [anna, it] = await Promise.all(['anna@contoso.example', 'it@contoso.example'].map((a) => token(a, { accessTtl: 600 })));

  await claim('Exchange IMAP: greeting, capabilities without CONDSTORE and SPECIAL-USE, own mailbox by XOAUTH2, Sent Items', async () => {
    const i = await exchange();
    const cap = (await i.command('CAPABILITY')).untagged[0];
    const r = await i.xoauth2('anna@contoso.example', anna);
    const after = (await i.command('CAPABILITY')).untagged[0];
    const list = (await i.command('LIST "" *')).untagged.join();
    i.close();
    return [/Microsoft Exchange IMAP4/.test(i.greeting) && /AUTH=XOAUTH2/.test(cap) && r.last === 'OK AUTHENTICATE completed.' && / MOVE /.test(after) && /UIDPLUS/.test(after) && !/CONDSTORE|SPECIAL-USE/.test(cap + after) && list.includes('Sent Items'), r.last];
  });
  await claim('a shared mailbox opens with a delegate\'s token, not with another person\'s; refused without a challenge', async () => {
    const i = await exchange();
    const stranger = await i.xoauth2('billing@contoso.example', it);
    const delegate = await i.xoauth2('support@contoso.example', it);
    const select = await i.command('SELECT INBOX');
    i.close();
    return [stranger.last === 'NO AUTHENTICATE failed.' && !i.challenge && delegate.ok && select.ok];
  });
  await claim('a Microsoft token does not open Gmail, a Google token not Exchange; Gmail sends its JSON challenge first', async () => {
    const [m, g] = [await exchange(), await Imap.open(env, env.GMAIL_IMAPS_PORT, 'imap.gmail.example')];
    const google = await token('care@northwind.example');
    const wrong = [await m.xoauth2('anna@contoso.example', google), await g.xoauth2('care@northwind.example', anna)];
    const right = await g.xoauth2('care@northwind.example', google);
    const sent = (await g.command('LIST "" *')).untagged.join();
    m.close(); g.close();
    return [wrong[0].last === 'NO AUTHENTICATE failed.' && wrong[1].last === 'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)' && Buffer.from(g.challenge.slice(2), 'base64').toString().includes('"status":"400"') && right.ok && sent.includes('[Gmail]/Sent Mail')];
  });
  await claim('Gmail: app password in, account password told apart; OAUTHBEARER accepted', async () => {
    const g = await Imap.open(env, env.GMAIL_IMAPS_PORT, 'imap.gmail.example');
    const wrong = await g.command('LOGIN care@northwind.example care-pass');
    const bearer = Buffer.from(`n,a=care@northwind.example,\x01host=imap.gmail.example\x01port=993\x01auth=Bearer ${await token('care@northwind.example')}\x01\x01`).toString('base64');
    const right = await g.command('LOGIN care@northwind.example "abcd efgh ijkl mnop"');
    const h = await Imap.open(env, env.GMAIL_IMAPS_PORT, 'imap.gmail.example');
    const o = await h.command(`AUTHENTICATE OAUTHBEARER ${bearer}`, { answers: [''] });
    g.close(); h.close();
    return [wrong.last.includes('Application-specific password required') && right.ok && o.ok, o.last];
  });
  await claim('Exchange SMTP: the person is let in and mail arrives; user=<shared address> is 535 5.7.3', async () => {
    const s = await submission();
    const shared = await s.xoauth2('support@contoso.example', it);
    const own = await s.xoauth2('it@contoso.example', it);
    const sent = await s.send('it@contoso.example', 'mia@customer.example', { subject: 'from a person' });
    s.close();
    const there = await until(async () => (await subjects('mia@customer.example')).includes('from a person'));
    return [shared.startsWith('535 5.7.3') && own.startsWith('235') && sent.startsWith('250') && there, `${sent.slice(0, 40)}`];
  });
  await claim('Send As: granted address goes out, Sent copy lies with the person after the delay and not with the shared mailbox', async () => {
    await post(`${C}/front/sent-delay`, { user: 'anna@contoso.example', ms: 400 });
    const s = await submission();
    await s.xoauth2('anna@contoso.example', anna);
    const r = await s.send('support@contoso.example', 'mia@customer.example', { subject: 'as support' });
    const before = await subjects('anna@contoso.example', 'Sent Items');
    const after = await until(async () => { const l = (await post(`${C}/mail/list`, { user: 'anna@contoso.example', folder: 'Sent Items' })).messages; return l.find((m) => m.messageId === s.lastId); });
    const raw = (await post(`${C}/mail/get`, { user: 'anna@contoso.example', folder: 'Sent Items', messageId: s.lastId })).messages[0].raw;
    s.close();
    return [r.startsWith('250') && !before.includes('as support') && after?.flags.includes('\\Seen') && raw.includes('\n.dotted') && !(await subjects('support@contoso.example', 'Sent Items')).includes('as support')];
  });
  await claim('Send As: without the right MAIL FROM is accepted and 554 5.2.252 comes after DATA; the session goes on', async () => {
    const s = await submission();
    await s.xoauth2('anna@contoso.example', anna);
    const mailFrom = await s.ask('MAIL FROM:<billing@contoso.example>');
    await s.ask('RSET');
    const denied = await s.send('billing@contoso.example', 'mia@customer.example');
    const next = await s.send('anna@contoso.example', 'mia@customer.example', { subject: 'after denial' });
    s.close();
    return [mailFrom.startsWith('250') && denied.startsWith('554 5.2.252 SendAsDenied') && next.startsWith('250'), denied.slice(0, 80)];
  });
  await claim('SMTP AUTH off, for the mailbox and for the tenant, in Exchange\'s words; another mailbox goes on', async () => {
    const u = ['m', 'n'].map((n) => `${n}@smtpoff.example`);
    await post(`${C}/users`, { users: u.map((email) => ({ email, password: 'p', oauth: true })) });
    const ask = async (who) => { const s = await submission(); const r = await s.xoauth2(who, await token(who)); s.close(); return r; };
    await post(`${C}/front/smtp-auth`, { user: u[0], enabled: false });
    const [mailbox, fine] = [await ask(u[0]), await ask(u[1])];
    await post(`${C}/front/smtp-auth`, { user: u[0], enabled: null });
    await post(`${C}/front/smtp-auth`, { tenant: 'smtpoff.example', enabled: false });
    const tenant = await ask(u[1]);
    await post(`${C}/front/smtp-auth`, { tenant: 'smtpoff.example', enabled: true });
    return [mailbox.startsWith('535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.') && tenant.includes('disabled for the Tenant.') && fine.startsWith('235') && (await ask(u[0])).startsWith('235')];
  });
  await claim('IMAP off: AUTHENTICATE is OK, the next command is BAD "not connected" and BYE', async () => {
    await post(`${C}/users`, { users: [{ email: 'q@imapoff.example', password: 'p', oauth: true }] });
    await post(`${C}/front/imap`, { user: 'q@imapoff.example', enabled: false });
    const i = await exchange();
    const a = await i.xoauth2('q@imapoff.example', await token('q@imapoff.example'));
    const b = await i.command('SELECT INBOX');
    const bye = await i.line();
    return [a.ok && b.last === 'BAD User is authenticated but not connected.' && bye === '* BYE Connection closed. 14', `${b.last} ${bye}`];
  });
  await claim('Basic authentication at Exchange: works while the tenant allows it, then refused in its words', async () => {
    const user = 'legacy@basic.example';
    await post(`${C}/users`, { users: [{ email: user, password: 'p', oauth: true, imap_password: 'p' }] });
    const [i, s] = [await exchange(), await submission()];
    const on = [await i.command(`LOGIN ${user} p`), await s.ask(`AUTH PLAIN ${plain(user, 'p')}`)];
    await post(`${C}/front/basic`, { tenant: 'basic.example', allowed: false });
    const [j, t] = [await exchange(), await submission()];
    const off = [await j.command(`LOGIN ${user} p`), await t.ask(`AUTH PLAIN ${plain(user, 'p')}`)];
    for (const c of [i, s, j, t]) c.close();
    return [on[0].ok && on[1].startsWith('235') && off[0].last === 'NO Basic authentication is disabled.' && off[1].startsWith('535 5.7.139 Authentication unsuccessful, basic authentication is disabled.')];
  });
  await claim('a token without SMTP.Send opens IMAP and is refused by SMTP', async () => {
    const t = await token('anna@contoso.example', { scope: 'openid https://outlook.office.com/IMAP.AccessAsUser.All' });
    const [i, s] = [await exchange(), await submission()];
    const got = [await i.xoauth2('anna@contoso.example', t), await s.xoauth2('anna@contoso.example', t)];
    i.close(); s.close();
    return [got[0].ok && got[1].startsWith('535 5.7.3')];
  });
  await claim('Litware: implicit TLS and STARTTLS; no sign-in before TLS; wrong password; a changed password counts at once', async () => {
    const net = await import('node:net');
    const bare = new Imap(await new Promise((ok) => { const s = net.connect(+env.LITWARE_IMAP_PORT, '127.0.0.1', () => ok(s)); }));
    bare.n = 0;
    const greeting = await bare.line();
    const early = await bare.command('LOGIN hello@litware.example hello-pass');
    const start = await bare.command('STARTTLS');
    bare.close();
    await post(`${C}/users`, { users: [{ email: 'pw@litware.example', imap_password: 'one' }] });
    const tls = await Imap.open(env, env.LITWARE_IMAPS_PORT, 'imap.litware.example');
    const wrong = await tls.command('LOGIN pw@litware.example nope');
    const ok = await tls.command('LOGIN pw@litware.example one');
    await post(`${C}/mail/password`, { user: 'pw@litware.example', password: 'two' });
    const again = await Imap.open(env, env.LITWARE_IMAPS_PORT, 'imap.litware.example');
    const [old, fresh] = [await again.command('LOGIN pw@litware.example one'), await again.command('LOGIN pw@litware.example two')];
    const special = (await again.command('LIST "" * RETURN (SPECIAL-USE)')).untagged.join();
    tls.close(); again.close();
    return [greeting.includes('LOGINDISABLED') && /PRIVACYREQUIRED/.test(early.last) && start.ok && wrong.last.includes('AUTHENTICATIONFAILED') && ok.ok && !old.ok && fresh.ok && ['\\Sent', '\\Junk', '\\Trash', '\\Archive'].every((f) => special.includes(f))];
  });
  await claim('Litware SMTP on both ports; no Sent copy by the server; a foreign sender is 553', async () => {
    const a = await Smtp.open(env, env.LITWARE_SMTP_PORT, 'smtp.litware.example');
    const b = await Smtp.open(env, env.LITWARE_SMTPS_PORT, 'smtp.litware.example', { implicit: true });
    await b.ask('EHLO prove.example');
    const auth = [await a.ask(`AUTH PLAIN ${plain('desk@litware.example', 'desk-pass')}`), await b.ask(`AUTH PLAIN ${plain('desk@litware.example', 'desk-pass')}`)];
    const foreign = await a.send('hello@litware.example', 'mia@customer.example');
    const sent = await b.send('desk@litware.example', 'mia@customer.example');
    await sleep(700);
    a.close(); b.close();
    return [auth.every((r) => r.startsWith('235')) && foreign.startsWith('553') && sent.startsWith('250') && (await subjects('desk@litware.example', 'Sent')).length === 0];
  });
  await claim('mail by the MX arrives, +tag kept in Delivered-To; bounce.example sends a real DSN; 60 MB passes, 72 MB is refused', async () => {
    await post(`${C}/users`, { users: [{ email: 'mx@inbound.example', password: 'p', oauth: true }] });
    await post(`${C}/mail/send`, { from: 'Mia <mia@customer.example>', to: 'mx+tag@inbound.example', subject: 'Grüße', text: 'hello', count: 3 });
    const got = await until(async () => { const l = (await post(`${C}/mail/list`, { user: 'mx@inbound.example' })).messages; return l.length === 3 && l; });
    const t = await token('mx@inbound.example');
    const s = await submission();
    await s.xoauth2('mx@inbound.example', t);
    await s.send('mx@inbound.example', 'nobody@bounce.example');
    const big = await s.send('mx@inbound.example', 'jonas@customer.example', { size: 60e6 });
    const toobig = await s.ask('MAIL FROM:<mx@inbound.example> SIZE=76000000');
    s.close();
    const dsn = await until(async () => (await post(`${C}/mail/list`, { user: 'mx@inbound.example' })).messages.find((m) => /Undelivered/.test(m.subject)));
    const raw = (await post(`${C}/mail/get`, { user: 'mx@inbound.example', uid: dsn.uid })).messages[0].raw;
    return [got[0].headers.some(([k, v]) => k === 'Delivered-To' && v.includes('+tag')) && big.startsWith('250') && toobig.startsWith('552') && raw.includes('multipart/report') && raw.includes('Status: 5.1.1'), big.slice(0, 30)];
  });
  await claim('kick ends a session that signed in a moment ago', async () => {
    let outlived = 0;
    for (let n = 0; n < 40; n += 1) {
      const i = await Imap.open(env, env.LITWARE_IMAPS_PORT, 'imap.litware.example');
      await i.command('LOGIN hello@litware.example hello-pass');
      await post(`${C}/mail/kick`, { user: 'hello@litware.example' });
      if ((await i.command('NOOP').catch(() => ({}))).ok) outlived += 1;
      i.close();
    }
    return [outlived === 0, `${outlived} of 40 went on`];
  });
  await claim('UIDPLUS: MOVE and UID EXPUNGE work; IDLE tells of new mail; kick ends it; uidvalidity and append', async () => {
    const user = 'idle@moves.example';
    await post(`${C}/users`, { users: [{ email: user, password: 'p', oauth: true }] });
    await post(`${C}/mail/append`, { user, subject: 'old', count: 2 });
    const i = await exchange();
    await i.xoauth2(user, await token(user));
    await i.command('SELECT INBOX');
    const move = await i.command('UID MOVE 1 Archive');
    await i.command('UID STORE 2 +FLAGS (\\Deleted)');
    const gone = await i.command('UID EXPUNGE 2');
    i.write('idle IDLE');
    await i.line();
    const t = Date.now();
    await post(`${C}/mail/send`, { from: 'mia@customer.example', to: user });
    let line;
    do line = await i.line(); while (!/EXISTS/.test(line));
    const told = Date.now() - t;
    await post(`${C}/mail/kick`, { user });
    let bye;
    do bye = await i.line(); while (bye !== null && !/BYE/.test(bye));
    const v = await post(`${C}/mail/uidvalidity`, { user, value: 777777777 });
    const f = (await post(`${C}/mail/folders`, { user })).folders;
    return [move.ok && gone.untagged.some((l) => /EXPUNGE/.test(l)) && /BYE/.test(bye ?? '') && v.uidvalidity === 777777777 && f.find((x) => x.name === 'INBOX').uidvalidity === 777777777 && f.find((x) => x.name === 'Archive').messages === 1, `EXISTS after ${told} ms; ${bye}`];
  });
}
