// *Break something*: a page with buttons for what the control can do to the demo's mailboxes, served by the
// control so that Mailkeep itself holds no test endpoint. It borrows the console's style sheets as they are.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as U from './users.mjs';

const STYLE = path.join(new URL('.', import.meta.url).pathname, '../../style');
const TYPES = { '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };
const esc = (s) => String(s ?? '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const ICON = '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"><circle cx="8" cy="8" r="6.25"/><path d="M8 7.25v3.5M8 5v.01"/></svg>';
let serial = 0;
// What the demo wrote down: its address, and its app registration at the providers.
let demo = { client: 'mailkeep-demo', secret: 'demo-secret-value' };

const people = () => [...U.users.values()];
const signIns = () => people().filter((u) => u.oauth).map((u) => u.email);
const passwords = () => people().filter((u) => u.imap_password && U.providerOf(u) !== 'customer').map((u) => u.email);
const exchange = () => people().filter((u) => U.providerOf(u) === 'microsoft').map((u) => u.email);
const mailboxes = () => people().filter((u) => U.providerOf(u) !== 'customer').map((u) => u.email);
const kick = async (call, user) => { await call('/mail/kick', { user }); };

// key: title, what it does, who it can be done to, button words with what each does and says afterwards
const ACTS = {
  revoke: { title: 'Revoke a sign-in', about: 'As the provider\'s admin: every token of the account ends.', who: signIns, first: 'returns@contoso.example', buttons: { now: ['Revoke', async (call, who) => {
    await call('/idp/revoke', { account: who, reason: 'admin', access: true });
    for (const u of people()) if (u.email === who || u.delegates?.includes(who)) await kick(call, u.email);
    return `The sign-in of ${who} is revoked. In a few seconds every page for admins shows the banner; replies are held and say so. Send 20 mails, then sign in again from the banner.`;
  }] } },
  password: { title: 'Change a password', about: 'At the mail server, behind Mailkeep\'s back.', who: passwords, first: 'hello@litware.example', buttons: { now: ['Change it', async (call, who) => {
    const password = `new-pass-${serial += 1}`;
    await call('/mail/password', { user: who, password });
    await kick(call, who);
    return `The password of ${who} is ${password} now. Under Admin > Email it says Reauthorization required after the second refusal, a few seconds apart; Give password asks for the new one.`;
  }] } },
  secret: { title: 'Expire the app secret', about: 'At Microsoft: every sign-in by the registration stops at its next refresh, within a minute.', buttons: {
    expire: ['Expire it', async (call) => { await call('/idp/secret', { provider: 'microsoft', client: demo.client, state: 'expired' }); return 'The secret is expired. Within a minute the mailboxes at Microsoft say App secret expired, not sign-in expired: signing in again does not help. The banner says so too, once nothing worse stands before it.'; }],
    renew: ['Make a new one', async (call) => { const secret = `demo-secret-${serial += 1}-value`; await call('/idp/secret', { provider: 'microsoft', client: demo.client, state: 'valid', secret }); return `The new secret is ${secret}. Enter it under App registrations; all mailboxes go on without a sign-in.`; }],
    back: ['Old one valid again', async (call) => { await call('/idp/secret', { provider: 'microsoft', client: demo.client, state: 'valid', secret: demo.secret }); return `${demo.secret} is valid again.`; }],
  } },
  smtp: { title: 'SMTP AUTH', about: 'Exchange then refuses to let any program send from the mailbox.', who: exchange, first: 'ben@fabrikam.example', buttons: {
    off: ['Switch off', async (call, who) => { await call('/front/smtp-auth', { user: who, enabled: false }); return `SMTP AUTH is off for ${who}. Write a reply from it: outgoing is blocked, incoming goes on, and Show remedy says who can fix it and where.`; }],
    on: ['Switch on', async (call, who) => { await call('/front/smtp-auth', { user: who, enabled: true }); return `SMTP AUTH is on for ${who}. Show remedy, then Check again; or wait: Mailkeep tries by itself.`; }],
  } },
  network: { title: 'The network', about: 'Cuts every session and refuses new ones, at the providers too.', buttons: {
    cut: ['Cut it', async (call) => { await call('/front/network', { down: true, scope: 'all' }); return 'The network is cut. Mailboxes say Retrying: nobody is called, since nobody can help.'; }],
    mend: ['Mend it', async (call) => { await call('/front/network', { down: false, scope: 'all' }); return 'The network is mended. Everything goes on by itself.'; }],
  } },
  mails: { title: 'Send 20 mails', about: 'From a customer, over SMTP.', who: mailboxes, first: 'help@fabrikam.example', buttons: { now: ['Send 20', async (call, who) => {
    await call('/mail/send', { from: 'Mia Lind <mia@customer.example>', to: who, subject: `Question ${serial += 1}.`, text: 'One of twenty, sent at once.\n\nMia', count: 20 });
    return `20 mails are on their way to ${who}. If it works, they are tickets in a moment, without a reload; if not, they wait at the provider and come in after the sign-in.`;
  }] } },
  clock: { title: 'The clock', about: 'Moves the clock of Mailkeep and of the providers.', buttons: Object.fromEntries([['+0', 'Now'], ['+1h', 'An hour on'], ['+7d', 'A week on'], ['+45d', '45 days on'], ['+95d', '95 days on']].map(([offset, words]) => [offset, [words, async (call) => {
    await call('/clock', { offset });
    return offset === '+0' ? 'The clock shows the present.' : `The clock stands ${offset.slice(1)} ahead. Sign-ins that were not refreshed, browser sessions and retirement dates are that much older.`;
  }]])) },
};

function card(key, { title, about, who, first, buttons }) {
  const select = who ? `<div class="field"><label for="${key}">Mailbox or account</label><select class="select" id="${key}" name="who">${who().map((w) => `<option${w === first ? ' selected' : ''}>${esc(w)}</option>`).join('')}</select></div>` : '';
  return `<section class="panel" aria-labelledby="${key}-h"><header><h2 id="${key}-h">${esc(title)}</h2></header><div class="body"><form class="stack" method="post" action="/break/${key}"><p class="soft">${esc(about)}</p>${select}
<div class="row">${Object.entries(buttons).map(([k, [words]]) => `<button class="button" name="act" value="${esc(k)}">${esc(words)}</button>`).join('')}</div></form></div></section>`;
}

function page(desk, done, failed) {
  const notice = done || failed ? `<div class="notice" data-tone="${failed ? 'critical' : 'ok'}" role="status">${ICON}<p class="title">${failed ? 'Not done' : 'Done'}</p><p>${esc(failed ?? done)}</p>${desk ? `<div class="row"><a class="button" href="${esc(desk)}/admin/channels/email" target="mailkeep">Look at the support emails</a></div>` : ''}</div>` : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Break something</title>
<link rel="icon" href="/break/style/favicon.svg"><link rel="stylesheet" href="/break/style/css/mailkeep.css"></head>
<body><div class="sheet"><p class="demo">Demo: no mail leaves this machine.</p><main class="page"><div class="head"><div><h1>Break something</h1><p>Each button does to the providers and mail servers of the demo what happens to real ones. Then see what Mailkeep says.</p></div>
${desk ? `<div class="row"><a class="button" href="${esc(desk)}" target="mailkeep">Open Mailkeep</a></div>` : ''}</div><div class="stack loose">${notice}<div class="halves">${Object.entries(ACTS).map(([k, a]) => card(k, a)).join('')}</div></div></main></div></body></html>`;
}

function style(res, name) {
  const file = path.join(STYLE, path.normalize(`/${name}`));
  if (!TYPES[path.extname(file)] || !fs.existsSync(file)) { res.writeHead(404).end(); return; }
  res.writeHead(200, { 'content-type': TYPES[path.extname(file)], 'cache-control': 'no-cache' });
  res.end(fs.readFileSync(file));
}

let last = {};
/** Answers /break and below it. `table` is the control's own; `text` the request's body. */
export async function breakSomething(req, res, url, table, text) {
  const note = `${(await table['/env']()).RIG_STATE}/desk`;
  if (fs.existsSync(note)) demo = JSON.parse(fs.readFileSync(note, 'utf8'));
  if (url.pathname.startsWith('/break/style/')) return style(res, url.pathname.slice('/break/style/'.length));
  if (req.method === 'POST') {
    // The page's own forms, and no other site's.
    if (req.headers.origin && req.headers.origin !== `http://${req.headers.host}`) { res.writeHead(403).end(); return undefined; }
    const form = new URLSearchParams(text);
    try {
      const act = ACTS[url.pathname.slice('/break/'.length)]?.buttons[form.get('act')];
      if (!act) throw new Error('there is no such button');
      last = { done: await act[1](async (where, input) => table[where](input), form.get('who')) };
    } catch (e) { last = { failed: e.message }; }
    res.writeHead(303, { location: '/break?said' }).end();
    return undefined;
  }
  res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  res.end(page(demo.url, url.searchParams.has('said') ? last.done : undefined, url.searchParams.has('said') ? last.failed : undefined));
  return undefined;
}
