// What each kind of server says. Exchange's and Gmail's lines follow recorded replies; "other" speaks as
// Dovecot and Postfix do.
const stamp = () => ` [RIG0000CA0001.prod.outlook.example ${new Date().toISOString()} 08DE]`;
const b64 = (o) => Buffer.from(JSON.stringify(o)).toString('base64');

export const exchange = {
  provider: 'microsoft',
  imap: {
    greeting: () => `* OK The Microsoft Exchange IMAP4 service is ready. [${Buffer.from('RIG0000CA0001.prod.outlook.example').toString('base64')}]`,
    capability: 'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+',
    capabilityAfter: 'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+',
    id: '("name" "Microsoft.Exchange.Imap4.Imap4Server" "version" "15.20")',
    ok: { AUTHENTICATE: 'AUTHENTICATE completed.', LOGIN: 'LOGIN completed.', CAPABILITY: 'CAPABILITY completed.', ID: 'ID completed', NOOP: 'NOOP completed.', LOGOUT: 'LOGOUT completed.' },
    bye: 'Microsoft Exchange Server IMAP4 server signing off.',
    early: 'BAD Command received in Invalid state.',
    refused: (verb) => `NO ${verb} failed.`,
    busy: 'NO Server Unavailable. 15',
    basicOff: 'NO Basic authentication is disabled.',
    off: { limbo: true },
    limbo: ['BAD User is authenticated but not connected.', '* BYE Connection closed. 14'],
    challenge: undefined, // refused at once, without a JSON challenge
  },
  smtp: {
    greeting: () => `220 RIG0000CA0001.outlook.office365.example Microsoft ESMTP MAIL Service ready at ${new Date().toUTCString()}`,
    ehlo: (tls) => ['RIG0000CA0001.outlook.office365.example Hello [127.0.0.1]', 'SIZE 73400320', 'PIPELINING', 'DSN', 'ENHANCEDSTATUSCODES', ...(tls ? ['AUTH LOGIN XOAUTH2'] : ['STARTTLS']), '8BITMIME', 'SMTPUTF8'],
    mechanisms: ['LOGIN', 'XOAUTH2', 'PLAIN'],
    ok: () => '235 2.7.0 Authentication successful',
    refused: () => `535 5.7.3 Authentication unsuccessful${stamp()}`,
    busy: () => `454 4.7.0 Temporary authentication failure${stamp()}`,
    basicOff: () => `535 5.7.139 Authentication unsuccessful, basic authentication is disabled.${stamp()}`,
    off: (whose) => `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the ${whose}. Visit https://aka.ms/smtp_auth_disabled for more information.${stamp()}`,
    unknown: () => '504 5.7.4 Unrecognized authentication type',
    first: () => `530 5.7.57 Client not authenticated to send mail.${stamp()}`,
    sendAs: (person, from) => `554 5.2.252 SendAsDenied; ${person} not allowed to send as ${from}; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message.[EndDiagnosticData]${stamp()}`,
    accepted: (queue) => `250 2.0.0 OK <${queue}@RIG0000CA0001.prod.outlook.example> [Hostname=RIG0000CA0001.prod.outlook.example]`,
    bye: '221 2.0.0 Service closing transmission channel',
    challenge: undefined,
  },
};

export const gmail = {
  provider: 'google',
  imap: {
    greeting: () => '* OK Gimap ready for requests from 127.0.0.1 rig',
    capability: 'IMAP4rev1 UNSELECT IDLE NAMESPACE ID CHILDREN SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=OAUTHBEARER',
    // without X-GM-EXT-1, XLIST, QUOTA, COMPRESS and UTF8: the server behind does not speak them
    capabilityAfter: 'IMAP4rev1 UNSELECT IDLE NAMESPACE ID CHILDREN UIDPLUS ENABLE MOVE CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS LITERAL+ SPECIAL-USE',
    id: '("name" "GImap" "vendor" "Google, Inc. (stand-in)")',
    ok: { AUTHENTICATE: 'Thats all she wrote!', LOGIN: 'authenticated (Success)', CAPABILITY: 'Thats all she wrote!', ID: 'Success', NOOP: 'Success', LOGOUT: '73 good day (Success)' },
    bye: 'LOGOUT Requested',
    early: 'BAD Unknown command',
    refused: () => 'NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)',
    busy: 'NO [UNAVAILABLE] Temporary System Error',
    appPassword: 'NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)',
    off: { user: 'NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)', tenant: 'NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)' },
    challenge: b64({ status: '400', schemes: 'Bearer', scope: 'https://mail.google.com/' }),
  },
  smtp: {
    greeting: () => '220 smtp.gmail.example ESMTP rig - gsmtp',
    ehlo: (tls) => ['smtp.gmail.example at your service, [127.0.0.1]', 'SIZE 35882577', '8BITMIME', ...(tls ? ['AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH'] : ['STARTTLS']), 'ENHANCEDSTATUSCODES', 'PIPELINING', 'SMTPUTF8'],
    mechanisms: ['LOGIN', 'PLAIN', 'XOAUTH2', 'OAUTHBEARER'],
    ok: () => '235 2.7.0 Accepted',
    busy: () => '421 4.7.0 Temporary System Problem. Try again later. rig - gsmtp',
    refused: () => '535-5.7.8 Username and Password not accepted. For more information, go to\r\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials rig - gsmtp',
    appPassword: () => '534-5.7.9 Application-specific password required. For more information, go to\r\n534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor rig - gsmtp',
    unknown: () => '504 5.7.4 Unrecognized Authentication Type rig - gsmtp',
    first: (tls) => (tls ? '530-5.7.0 Authentication Required. For more information, go to\r\n530 5.7.0  https://support.google.com/mail/?p=WantAuthError rig - gsmtp' : '530 5.7.0 Must issue a STARTTLS command first. rig - gsmtp'),
    accepted: (queue) => `250 2.0.0 OK  ${queue} - gsmtp`,
    bye: '221 2.0.0 closing connection rig - gsmtp',
    challenge: b64({ status: '400', schemes: 'Bearer', scope: 'https://mail.google.com/' }),
  },
};

export const other = {
  provider: 'other',
  imap: {
    greeting: () => '* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS LOGINDISABLED] Litware IMAP ready.',
    greetingTls: () => '* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 AUTH=OAUTHBEARER] Litware IMAP ready.',
    capabilityPlain: 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS LOGINDISABLED',
    capability: 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 AUTH=OAUTHBEARER',
    capabilityAfter: undefined, // as the server behind says
    id: '("name" "Litware")',
    ok: { AUTHENTICATE: 'Logged in', LOGIN: 'Logged in', CAPABILITY: 'Pre-login capabilities listed, post-login capabilities have more.', ID: 'ID completed.', NOOP: 'NOOP completed.', LOGOUT: 'Logout completed.', STARTTLS: 'Begin TLS negotiation now.' },
    bye: 'Logging out',
    early: 'BAD Please log in first.',
    refused: () => 'NO [AUTHENTICATIONFAILED] Authentication failed.',
    busy: 'NO [UNAVAILABLE] Temporary authentication failure.',
    off: { user: 'NO [CONTACTADMIN] IMAP access is disabled for this account.', tenant: 'NO [CONTACTADMIN] IMAP access is disabled for this domain.' },
    privacy: 'NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
    challenge: b64({ status: '401', schemes: 'bearer', scope: 'mail' }),
  },
  smtp: {
    greeting: () => '220 smtp.litware.example ESMTP ready',
    ehlo: (tls) => ['smtp.litware.example', 'PIPELINING', 'SIZE 73400320', ...(tls ? ['AUTH PLAIN LOGIN XOAUTH2'] : ['STARTTLS']), 'ENHANCEDSTATUSCODES', '8BITMIME', 'DSN', 'SMTPUTF8'],
    mechanisms: ['PLAIN', 'LOGIN', 'XOAUTH2'],
    ok: () => '235 2.7.0 Authentication successful',
    refused: () => '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6',
    busy: () => '454 4.7.0 Temporary authentication failure: Connection lost to authentication server',
    off: () => '535 5.7.8 Error: authentication failed: SMTP is disabled for this account',
    unknown: () => '535 5.7.8 Error: authentication failed: Invalid authentication mechanism',
    first: (tls) => (tls ? '530 5.7.0 Authentication required' : '530 5.7.0 Must issue a STARTTLS command first'),
    notOwned: (person, from) => `553 5.7.1 <${from}>: Sender address rejected: not owned by user ${person}`,
    accepted: undefined,
    bye: '221 2.0.0 Bye',
    challenge: undefined,
  },
};
