// One HTTP port by which tests and the demo turn the rig's switches. Every call is a JSON POST; the reading
// ones may be a GET with a query. Errors are 400 {"error": "..."}.
import * as U from './users.mjs';
import * as dns from './dns.mjs';
import * as mail from './mail.mjs';
import { setClock } from './children.mjs';
import { breakSomething } from './break.mjs';

const body = (req) => new Promise((ok) => { const parts = []; req.on('data', (c) => parts.push(c)); req.on('end', () => ok(Buffer.concat(parts).toString())); });

export function routes({ state, tell, front, env }) {
  // A call that names an account goes to that account's provider, one that names none to Microsoft's
  // unless it says `provider`.
  const idp = (action) => async ({ provider, ...j }) => {
    const account = j.account ?? j.accounts?.[0];
    const at = (name) => (name === 'litware' ? 'google' : name);
    if (account && !provider) return tell(at(U.providerOf(U.need(account))), action, j);
    if (j.tenant && !provider) return tell(U.tenantOf(j.tenant)[0].provider, action, j);
    return tell(provider ?? 'microsoft', action, j);
  };
  const both = (action) => async (j) => { await tell('google', action, j); return tell('microsoft', action, j); };
  return {
    '/health': () => ({ ok: true }),
    '/env': () => env,
    '/clock': ({ offset }) => { if (!/^[+-]\d+(\.\d+)?[smhdy]?$/.test(offset)) throw new Error('an offset looks like +95d, -3h or +0'); setClock(state, offset); return { offset }; },
    '/users': async (j) => {
      for (const d of j.domains ?? []) await U.putDomain(d);
      const list = Array.isArray(j) ? j : j.users ?? (j.email ? [j] : []);
      const made = await U.put(list);
      return { users: (made.length ? made : [...U.users.values()]).map(U.shown), domains: made.length ? undefined : [...U.domains.values()] };
    },
    '/idp/revoke': idp('revoke'), '/idp/disable': idp('disable'), '/idp/expire-access': idp('expire-access'),
    '/idp/password': async (j) => { U.need(j.account).password = j.password; return idp('password')(j); },
    '/idp/secret': (j) => (j.provider ? idp('secret')(j) : both('secret')(j)),
    '/idp/client': (j) => (j.provider ? idp('client')(j) : both('client')(j)),
    '/idp/admin-consent': idp('admin-consent'), '/idp/config': idp('config'), '/idp/stats': idp('stats'), '/idp/mint': idp('mint'),
    '/mail/send': mail.send, '/mail/list': mail.list, '/mail/uids': mail.uids, '/mail/get': mail.get, '/mail/folders': mail.folders, '/mail/append': mail.append,
    '/mail/password': mail.password, '/mail/kick': mail.kick, '/mail/uidvalidity': mail.uidvalidity, '/mail/expunge': mail.expunge,
    '/mail/renumber': mail.renumber, '/mail/hide': mail.hide, '/mail/restart': mail.restart,
    '/dns/set': ({ name, type, values }) => { if (values === null) dns.unset(name, type); else dns.set(name, type, values); return {}; },
    '/dns/fail': ({ name = '*', kind = 'servfail', times }) => { dns.fail(name, kind, times); return {}; },
    '/dns/stats': () => dns.stats, '/dns/table': () => dns.all(),
    ...front,
  };
}

export function serve(server, table) {
  server.on('request', async (req, res) => {
    const url = new URL(req.url, 'http://rig');
    const reply = (status, j) => { res.writeHead(status, { 'content-type': 'application/json' }); res.end(JSON.stringify(j)); };
    if (/^\/break(\/|$)/.test(url.pathname)) return breakSomething(req, res, url, table, await body(req));
    const action = table[url.pathname];
    if (!action) return reply(404, { error: `no such control: ${url.pathname}`, known: Object.keys(table) });
    try {
      const text = req.method === 'POST' ? await body(req) : '';
      const input = text ? JSON.parse(text) : Object.fromEntries(url.searchParams);
      return reply(200, (await action(input)) ?? {});
    } catch (e) { return reply(400, { error: e.message }); }
  });
}
