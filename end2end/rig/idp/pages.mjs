// The pages a person sees at the stand-in provider: plain forms with labelled fields.
const esc = (s) => String(s ?? '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const WORDS = {
  'https://outlook.office.com/IMAP.AccessAsUser.All': 'Read and write access to your mail by IMAP',
  'https://outlook.office.com/SMTP.Send': 'Send mail as you by SMTP',
  'https://mail.google.com/': 'Read, compose, send, and permanently delete all your email from Gmail',
  openid: 'Sign you in', profile: 'View your basic profile', email: 'View your email address', offline_access: 'Maintain access to data you have given it access to',
};
const STYLE = `body{font:16px/1.5 "Segoe UI",system-ui,sans-serif;background:#f2f2f2;color:#1b1b1b;margin:0}
main{max-width:27rem;margin:8vh auto;background:#fff;padding:2.5rem;box-shadow:0 2px 6px #0003}
h1{font-size:1.5rem;margin:.2rem 0 1rem}label{display:block;margin:.8rem 0 .2rem}label.tick{display:flex;gap:.6rem;align-items:start}
input:not([type=checkbox]){width:100%;box-sizing:border-box;font:inherit;padding:.4rem;border:1px solid #666}
button{font:inherit;padding:.4rem 1.4rem;margin:1.2rem .5rem 0 0;border:1px solid #0067b8;background:#0067b8;color:#fff;cursor:pointer}
button.second{background:#fff;color:#0058a0;border-color:#777}ul{padding-left:1.2rem}
.account{display:block;width:100%;text-align:left;background:#fff;color:#1b1b1b;border-color:#999;margin-top:.6rem}
[role=alert]{color:#a80000}footer{max-width:27rem;margin:0 auto;font-size:.85rem;color:#555;padding:0 1rem}.brand{font-weight:600;color:#555}`;

function page(flavour, title, body) {
  const brand = flavour === 'google' ? 'Google' : flavour === 'litware' ? 'Litware' : 'Microsoft';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${esc(title)}</title><style>${STYLE}</style></head>
<body><main><p class="brand">${brand} stand-in</p><h1>${esc(title)}</h1>${body}</main>
<footer><p>This page is the test rig's stand-in for ${brand}. It runs on this machine; no real account is asked for.</p></footer></body></html>`;
}
const alert = (message) => (message ? `<p id="error" role="alert">${esc(message)}</p>` : '');
const form = (action, step, inner) => `<form method="post" action="${esc(action)}"><input type="hidden" name="step" value="${step}">${inner}</form>`;

export const signIn = (f, action, { hint, message }) => page(f, 'Sign in', `${alert(message)}${form(action, 'sign-in', `
<label for="email">Email</label><input id="email" name="email" type="email" autocomplete="username" value="${esc(hint)}" ${hint ? '' : 'autofocus'}>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" ${hint ? 'autofocus' : ''}>
<button name="action" value="accept">Sign in</button><button class="second" name="action" value="cancel">Cancel</button>`)}`);

export const pick = (f, action, accounts) => page(f, 'Pick an account', form(action, 'pick', `
${accounts.map((u) => `<button class="account" name="account" value="${esc(u.email)}"><b>${esc(u.name)}</b><br>${esc(u.email)}</button>`).join('')}
<button class="account" name="account" value="">Use another account</button>
<button class="second" name="action" value="cancel">Cancel</button>`));

export function consent(f, action, { app, account, scopes, admin }) {
  const row = (s) => (f === 'google' && s.startsWith('https:')
    ? `<label class="tick"><input type="checkbox" name="scope" value="${esc(s)}" checked>${esc(WORDS[s] ?? s)}</label>`
    : `<li>${esc(WORDS[s] ?? s)}</li>`);
  return page(f, 'Permissions requested', `<p>${esc(account)}</p><p><b>${esc(app)}</b> would like to:</p>${form(action, 'consent', `<ul>${scopes.map(row).join('')}</ul>
${admin ? '<label class="tick"><input type="checkbox" name="organization" value="yes">Consent on behalf of your organization</label>' : ''}
<button name="action" value="accept">Accept</button><button class="second" name="action" value="cancel">Cancel</button>`)}`);
}

export const needAdmin = (f, action, { app, account }) => page(f, 'Need admin approval', `<p>${esc(account)}</p>
<p><b>${esc(app)}</b> needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
${form(action, 'need-admin', `<button name="action" value="other">Sign in with an admin account</button>
<button class="second" name="action" value="cancel">Return to the application without granting consent</button>`)}`);

export const adminConsent = (f, action, { app, hint, message }) => page(f, 'Permissions requested: review for your organization', `${alert(message)}<p><b>${esc(app)}</b> asks for its permissions for everybody in your organization.</p>${form(action, 'admin', `
<label for="email">Email</label><input id="email" name="email" type="email" value="${esc(hint)}"><label for="password">Password</label><input id="password" name="password" type="password">
<button name="action" value="accept">Accept</button><button class="second" name="action" value="cancel">Cancel</button>`)}`);

export const refusal = (f, text) => page(f, f === 'google' ? 'Access blocked' : "Sorry, but we're having trouble signing you in.", `<p id="error" role="alert">${esc(text)}</p>`);
