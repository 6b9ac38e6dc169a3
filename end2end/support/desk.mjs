// The help desk's set-up through its pages' own forms: for tests that begin further on, and for the demo.
import { Visitor, words } from './visitor.mjs';
import { APP, until } from './rig.mjs';

export const ADMIN = { name: 'Ada Lindqvist', email: 'ada@contoso.example', password: 'ada-lindqvist-1843' };
export const AGENT = { name: 'Jonas Weber', email: 'jonas@contoso.example', password: 'jonas-weber-1906' };
export { APP };

export class Desk {
  constructor(mailkeep) { this.mailkeep = mailkeep; this.url = mailkeep.url; }

  visitor() { return new Visitor(this.url); }

  /** Somebody who signed in by the page that asks for it. */
  async signedIn({ email, password }) {
    const person = this.visitor();
    await person.go('/sign-in');
    await person.press('Sign in', { email, password });
    if (person.url.includes('/sign-in')) throw new Error(`${email} is not signed in: ${person.url} ${person.text.slice(0, 300)}`);
    return person;
  }

  /** First start by HTTP: the admin, and a registration at each provider. */
  async open({ admin = ADMIN, providers = ['microsoft', 'google'], app = APP } = {}) {
    this.admin = this.visitor();
    const { name, email, password } = admin;
    await this.admin.go('/first-start');
    await this.admin.press('Make the admin', { token: await this.mailkeep.token(), name, email, password });
    if (this.admin.status !== 200 || !this.admin.url.includes('/admin/server')) throw new Error(`no first admin: ${this.admin.url} ${this.admin.text.slice(0, 300)}`);
    for (const provider of providers) await this.register(provider, app);
    return this;
  }

  async register(provider, { clientId, secret, tenant } = APP) {
    await this.admin.go(`/admin/registrations?new=${provider}`);
    await this.admin.press('Save', {
      provider_key: provider, name: provider === 'google' ? 'Google Workspace' : 'Contoso and friends', client_id: clientId,
      tenant: provider === 'google' ? '' : tenant ?? 'common', secret, secret_ends_on: '',
    }, (f) => f.fields.some(([n]) => n === 'client_id'));
    if (!this.admin.url.includes('done=saved')) throw new Error(`not registered: ${this.admin.url} ${this.admin.text.slice(0, 300)}`);
  }

  async invite({ name, email, password }, role = 'agent') {
    await this.admin.go('/admin/people');
    await this.admin.press('Make the invitation', { name, email, role });
    const link = /https?:\/\/[^\s"<]+\/welcome\/[\w-]+/.exec(this.admin.html)?.[0];
    if (!link) throw new Error(`no invitation: ${this.admin.url} ${this.admin.text.slice(0, 300)}`);
    const person = this.visitor();
    await person.go(new URL(link).pathname);
    await person.press('Save and sign in', { password });
    if (!person.url.includes('/tickets')) throw new Error(`not signed in: ${person.url} ${person.text.slice(0, 300)}`);
    return person;
  }

  /** A draft up to its last step: address, provider, use. */
  async draft(address, { name = '', provider, used = 'both', importFrom = 'now', deletes = false, folder } = {}) {
    const a = this.admin;
    await a.go('/admin/channels/email/new');
    await a.press('Continue', { address, name });
    const id = Number(/\/email\/(\d+)\//.exec(a.url)?.[1]);
    if (!id) throw new Error(`no draft of ${address}: ${a.url} ${a.text.slice(0, 300)}`);
    await a.press('Continue', provider ? { provider_key: provider } : {});
    await a.press('Continue', { used, import: importFrom, ...(deletes ? { delete_after_fetch: 'true' } : {}), ...(folder ? { folder } : {}) });
    return id;
  }

  /** Connects by the provider's sign-in; gives the mailbox's id. */
  async bySignIn(address, { as = address, password, short = 'Microsoft', ...rest }) {
    const id = await this.draft(address, rest);
    if (!this.admin.url.includes('/sign-in')) await this.admin.go(`/admin/channels/email/${id}/set-up/sign-in`);
    await this.admin.press(`Sign in with ${short}`);
    await this.admin.atProvider(as, password);
    if (!this.admin.url.includes('/admin/sign-ins/')) throw new Error(`no result for ${address}: ${this.admin.url} ${this.admin.text.slice(0, 400)}`);
    return this.imported(id, rest);
  }

  /** Connects by user name and password. */
  async byPassword(address, { password, user = address, servers = {}, ...rest }) {
    const id = await this.draft(address, rest);
    await this.admin.go(`/admin/channels/email/${id}/set-up/password`);
    await this.admin.press(/^(Try and save|Try again)$/, { user, password, ...servers });
    if (!this.admin.url.includes('/set-up/result')) throw new Error(`${address} does not work: ${this.admin.url} ${this.admin.text.slice(0, 600)}`);
    return this.imported(id, rest);
  }

  /** Looks at what would come in, and lets it. */
  async imported(id, { importFrom = 'now' }) {
    if (importFrom === 'now') return id;
    const page = `/admin/channels/email/${id}/set-up/import`;
    await until(`the import of mailbox ${id} is counted`, async () => /(message|messages) would come in/.test((await this.admin.go(page)).text), 40, 250);
    await this.admin.press(/^(Import |Only new mail)/);
    return id;
  }

  /** The tickets of a search as `{id, subject}`, over all pages. */
  async tickets(query = '', who = this.admin) {
    const found = [];
    let next = `/tickets${query}`;
    while (next) {
      await who.go(next);
      for (const [, tag, inner] of who.html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)) {
        const id = /href="\/tickets\/(\d+)(?:#new)?"/.exec(tag)?.[1];
        if (id && /class="subject plain"/.test(tag)) found.push({ id: Number(id), subject: words(inner).replace(/^Unread: /, '') });
      }
      const older = /<a\b[^>]*href="(\/tickets\?[^"]*after=[^"]*)"[^>]*>Older/.exec(who.html);
      next = older ? older[1].replaceAll('&amp;', '&') : null;
    }
    return found;
  }

  /** How many tickets are open, as the page's tab says. */
  count(page) { return Number(/ Open ([\d,]+) Waiting /.exec(page.text)?.[1].replaceAll(',', '') ?? -1); }

  /** Waits until a ticket with this subject is there. */
  async ticket(subject, { seconds = 45, who = this.admin } = {}) {
    return until(`a ticket "${subject}"`, async () => (await this.tickets('', who)).find((t) => t.subject === subject), seconds, 200);
  }

  /** Waits until the mailbox is watched: what is sent to it is a ticket. */
  async watched(rig, address) {
    const subject = `Is ${address} watched ${Date.now()}`;
    await rig.send({ from: 'mia@customer.example', to: address, subject, text: 'Is anybody there?' });
    return this.ticket(subject);
  }

  async reply(id, text, who = this.admin, more = {}) {
    await who.go(`/tickets/${id}`);
    await who.press(/^Send( anyway)?( Add note)?$/, { text, ...more });
    if (who.url.includes('refused')) throw new Error(`the reply was refused: ${who.url}`);
  }

  /** Waits until the mailbox's page says something. */
  async mailboxSays(id, what, seconds = 90) {
    return until(`mailbox ${id} says ${what}`, async () => (await this.admin.go(`/admin/channels/email/${id}`)).sees(what), seconds, 250);
  }
}
