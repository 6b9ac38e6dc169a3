// A browser without a screen: keeps cookies, follows redirects, reads forms and submits them as they stand.
// Tests set the scene with it and the demo seeds with it; both use no other door than the pages' own.

const ENTITY = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const decode = (text) => text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, dec, hex, name) => (dec ? String.fromCodePoint(+dec) : hex ? String.fromCodePoint(parseInt(hex, 16)) : ENTITY[name] ?? all));
/** What a person reads of a piece of HTML. */
export const words = (html) => decode(html.replace(/<(script|style|svg)[\s\S]*?<\/\1>/g, ' ').replace(/<!--[\s\S]*?-->|<wbr[^>]*>/g, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();

function attributes(tag) {
  const out = {};
  for (const [, name, , dq, sq, bare] of tag.replace(/^<\w+/, '').matchAll(/([^\s=/>"']+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)) out[name.toLowerCase()] = decode(dq ?? sq ?? bare ?? '');
  return out;
}

/** The forms of a page: action, method, fields as they stand, buttons with their words. */
export function forms(html) {
  return [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map(([text]) => {
    const own = attributes(/^<form\b[^>]*>/.exec(text)[0]);
    const form = { action: own.action, method: (own.method ?? 'get').toLowerCase(), fields: [], buttons: [], choices: [] };
    for (const found of text.matchAll(/<input\b[^>]*>|<textarea\b[^>]*>[\s\S]*?<\/textarea>|<select\b[^>]*>[\s\S]*?<\/select>|<button\b[^>]*>[\s\S]*?<\/button>/g)) {
      const a = attributes(/^<[^>]*>/.exec(found[0])[0]);
      if (found[0].startsWith('<button')) form.buttons.push({ ...a, words: words(found[0]) });
      else if (found[0].startsWith('<textarea')) form.fields.push([a.name, decode(/^<[^>]*>([\s\S]*)<\/textarea>$/.exec(found[0])[1])]);
      else if (found[0].startsWith('<select')) {
        const options = [...found[0].matchAll(/<option\b[^>]*>/g)].map(([o]) => attributes(o));
        form.fields.push([a.name, (options.find((o) => 'selected' in o) ?? options[0])?.value ?? '']);
      } else if (a.type === 'radio' || a.type === 'checkbox') {
        form.choices.push([a.name, a.value ?? 'on']);
        if ('checked' in a) form.fields.push([a.name, a.value ?? 'on']);
      } else if (a.name && a.type !== 'submit' && a.type !== 'file') form.fields.push([a.name, a.value ?? '']);
    }
    return form;
  });
}

export class Visitor {
  constructor(home) { this.home = home; this.jar = []; this.url = home; this.html = ''; this.status = 0; }

  /** Goes on at another address of the same desk, signed in as before. */
  at(home) {
    if (home === this.home) return;
    const [from, to] = [new URL(this.home).host, new URL(home).host];
    for (const cookie of this.jar) if (cookie.host === from) cookie.host = to;
    if (this.url.startsWith(this.home)) this.url = home + this.url.slice(this.home.length);
    this.home = home;
  }

  cookies(url) {
    const { host, pathname } = new URL(url);
    return this.jar.filter((c) => c.host === host && pathname.startsWith(c.path)).map((c) => `${c.name}=${c.value}`).join('; ');
  }

  keep(url, answer) {
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...rest] = line.split(';').map((p) => p.trim());
      const at = pair.indexOf('=');
      const of = (name) => rest.find((r) => r.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
      const cookie = { host: new URL(url).host, name: pair.slice(0, at), value: pair.slice(at + 1), path: of('path') ?? '/' };
      this.jar = this.jar.filter((c) => !(c.host === cookie.host && c.name === cookie.name && c.path === cookie.path));
      const over = of('max-age') === '0' || (of('expires') && new Date(of('expires')).getTime() < 86_400_000 * 365);
      if (!over) this.jar.push(cookie);
    }
  }

  async go(where, { method = 'GET', body, headers = {} } = {}) {
    let url = new URL(where, this.url).href;
    for (let hop = 0; hop < 15; hop += 1) {
      const answer = await fetch(url, { method, body, redirect: 'manual', signal: AbortSignal.timeout(this.patience ?? 120_000), headers: { accept: 'text/html', cookie: this.cookies(url), ...(method === 'GET' ? {} : { origin: new URL(this.url).origin }), ...headers } });
      this.keep(url, answer);
      const to = answer.headers.get('location');
      if (answer.status < 300 || answer.status > 399 || !to) {
        this.url = url; this.status = answer.status; this.html = await answer.text();
        return this;
      }
      await answer.arrayBuffer();
      url = new URL(to, url).href;
      if (this.stopAt?.(url)) { this.url = url; this.html = ''; this.status = answer.status; return this; }
      if (answer.status === 303 || (method === 'POST' && answer.status < 303)) { method = 'GET'; body = undefined; headers = {}; }
    }
    throw new Error(`${url}: redirected without end`);
  }

  get text() { return words(this.html); }
  sees(what) { return typeof what === 'string' ? this.text.includes(what) : what.test(this.text); }
  must(what) { if (!this.sees(what)) throw new Error(`${this.url} (${this.status}) does not say ${what}: ${this.text.slice(0, 600)}`); return this; }

  /** The form that has a button with these words (or a RegExp), the first that fits. */
  form(button, more = () => true) {
    const fits = (b) => (typeof button === 'string' ? b.words === button || b.words.startsWith(`${button} `) : button.test(b.words));
    const form = forms(this.html).find((f) => f.buttons.some(fits) && more(f));
    if (!form) throw new Error(`${this.url} (${this.status}) has no button ${button}: ${this.text.slice(0, 400)}`);
    return { ...form, button: form.buttons.find(fits) };
  }

  /** Fills in what is named and leaves the rest as it stands: `{action, method, body}` of pressing the button. */
  filled(button, values = {}, more) {
    const form = this.form(button, more);
    const known = new Set([...form.fields, ...form.choices].map(([n]) => n));
    for (const name of Object.keys(values)) if (!known.has(name)) throw new Error(`${this.url}: the form of ${button} has no field ${name}, only ${[...known]}`);
    const body = new URLSearchParams();
    for (const [name, value] of form.fields) if (!(name in values)) body.append(name, value);
    for (const [name, value] of Object.entries(values)) if (value !== null) body.append(name, value);
    if (form.button.name) body.append(form.button.name, form.button.value ?? '');
    return { action: form.button.formaction ?? form.action ?? this.url, method: form.method, body };
  }

  /** Fills in and presses. */
  async press(button, values, more) {
    const { action, method, body } = this.filled(button, values, more);
    if (method === 'get') return this.go(`${action}?${body}`);
    return this.go(action, { method: 'POST', body });
  }

  /** Signs in at the rig's provider, whatever pages it shows, until we are back. */
  async atProvider(email, password) {
    for (let step = 0; step < 6 && !this.url.startsWith(this.home); step += 1) {
      if (this.sees('Pick an account')) await this.press('Use another account');
      else if (this.html.includes('name="password"')) {
        await this.press(/^(Sign in|Accept)$/, { email, password });
        if (this.sees('AADSTS')) throw new Error(`the provider refused ${email}: ${this.text.slice(0, 300)}`);
      } else if (this.sees('Permissions requested')) await this.press('Accept');
      else throw new Error(`unexpected page at the provider, ${this.url}: ${this.text.slice(0, 300)}`);
    }
    return this;
  }
}
