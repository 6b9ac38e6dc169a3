// The file by which Mailkeep learns its world: endpoints, hosts, roots, resolver.
import { CONSUMERS } from './users.mjs';

export function providers({ state, ports: p }) {
  const ms = `http://127.0.0.1:${p.IDP_PORT}`, google = `http://127.0.0.1:${p.GOOGLE_PORT}`;
  const at = (host, port, tls) => ({ host, port, tls });
  return {
    roots: `${state}/tls/ca.pem`, resolver: `127.0.0.1:${p.DNS_PORT}`, clock: `${state}/clock`,
    providers: [
      {
        key: 'microsoft', kind: 'microsoft', name: 'Microsoft Office 365', short: 'Microsoft',
        authorize_url: `${ms}/{tenant}/oauth2/v2.0/authorize`, token_url: `${ms}/{tenant}/oauth2/v2.0/token`, issuer: `${ms}/{tenantid}/v2.0`,
        admin_consent_url: `${ms}/{tenant}/v2.0/adminconsent`, revoke_url: null,
        scopes: { identity: ['openid', 'profile', 'email', 'offline_access'], incoming: ['https://outlook.office.com/IMAP.AccessAsUser.All'], outgoing: ['https://outlook.office.com/SMTP.Send'] },
        authorize_params: {},
        incoming: at('outlook.office365.example', p.EXCHANGE_IMAPS_PORT, 'implicit'), outgoing: at('smtp.office365.example', p.EXCHANGE_SMTP_PORT, 'starttls'),
        personal: { tenant: CONSUMERS, domains: ['outlook.example'], outgoing: at('smtp-mail.outlook.example', p.OUTLOOK_SMTP_PORT, 'starttls') },
        hosts: ['office365.example', 'outlook.example'], domains: ['contoso.example', 'fabrikam.example'], mx_domains: ['mail.protection.outlook.example'],
        keeps_sent_copy: true, takes_passwords: false, basic_retired_on: '2026-12-31', refresh_window_days: 90, send_per_minute: 30, sessions: 3,
      },
      {
        key: 'google', kind: 'google', name: 'Gmail', short: 'Google',
        authorize_url: `${google}/o/oauth2/v2/auth`, token_url: `${google}/token`, issuer: google, admin_consent_url: null, revoke_url: `${google}/revoke`,
        scopes: { identity: ['openid', 'profile', 'email'], incoming: ['https://mail.google.com/'], outgoing: ['https://mail.google.com/'] },
        authorize_params: { access_type: 'offline', prompt: 'consent' },
        incoming: at('imap.gmail.example', p.GMAIL_IMAPS_PORT, 'implicit'), outgoing: at('smtp.gmail.example', p.GMAIL_SMTP_PORT, 'starttls'),
        personal: null, hosts: ['gmail.example'], domains: ['gmail.example', 'northwind.example'], mx_domains: ['aspmx.l.google.example'],
        keeps_sent_copy: true, takes_passwords: 'app_password', basic_retired_on: null, refresh_window_days: 180, send_per_minute: null, sessions: 15,
      },
      {
        key: 'litware', kind: 'other', name: 'Litware Mail', short: 'Litware',
        authorize_url: null, token_url: null, issuer: null, admin_consent_url: null, revoke_url: null, scopes: null, authorize_params: {},
        incoming: at('imap.litware.example', p.LITWARE_IMAPS_PORT, 'implicit'), outgoing: at('smtp.litware.example', p.LITWARE_SMTP_PORT, 'starttls'),
        personal: null, hosts: ['litware.example'], domains: ['litware.example'], mx_domains: ['mx.litware.example'],
        keeps_sent_copy: false, takes_passwords: true, basic_retired_on: null, refresh_window_days: null, send_per_minute: null, sessions: 10,
      },
    ],
  };
}
