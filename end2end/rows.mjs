// What an admin must be able to see and do, row by row, each row cut into clauses. A browser test titled
// `R10 ...` proves clauses of row R10 by wrapping their assertions in `clause('R10', '<the words here>', ...)`;
// the table at the end of the tests shows every clause, and one without a passing proof is a failure.
export const ROWS = {
  R1: [
    'the banner stands on every admin page',
    'first line in the agreed words, with two links of distinct names',
    'here opens help; Email settings opens the mailbox, or the queue when there are several',
    'a remedy other than a sign-in or a password has a sentence of its own',
    'one banner at a time: the worst first, the rest counted, its cause beneath it',
  ],
  R2: [
    'a Microsoft-hosted mailbox on a password shows the banner with the retirement date, while SMTP still works',
    'told by host, not by domain',
    'Sign in with Microsoft replaces the Basic configuration: same mailbox, tickets and cursor',
    'mail arrives and replies leave all through the switch, nothing twice, no queued reply lost',
    'the longest pause is shown and a confirmation says what was done',
  ],
  R3: [
    'each failing direction shows its error with the setting to turn on, where and by whom',
    'a first sign-in with one failing direction is kept as half connected',
    'Check again finishes without a second sign-in',
    'a slow probe finishes it without a person',
    'the card can be sent to the Microsoft 365 admin',
  ],
  R4: [
    'provider and Incoming only, Outgoing only or Both are chosen under Use your own mail server',
    'incoming only names what replies leave through; outgoing only says where its mail arrives',
    'Forward to an existing mailbox is offered and checked by a test mail',
    'changed later without a new mailbox',
  ],
  R5: [
    'delete after fetching is offered for Incoming only and Both, off at first',
    'switched on, the server keeps no fetched mail; off, it keeps all',
    'not offered for Outgoing only',
  ],
  R6: [
    'a sign-in with Microsoft ends in a confirmation that says Saved',
    'there is no further Save to press',
  ],
  R7: [
    'another Microsoft account for the same mailbox: the cursor stays, nothing comes twice',
    'the mailbox was renamed: the old address stays an own address',
    'another mailbox: nothing re-mapped, import from a date, threading keeps the old address',
    'the previous setup can be put back, proved first, and is wiped after 30 days',
  ],
  R8: [
    'from Gmail to Microsoft with the mail copied: known messages are re-mapped, the old side is drained',
    'and back',
    'mail arrives and replies leave all through the switch',
  ],
  R9: [
    'the Basic setup is shown under Others: host, port, encryption, user name, last success per direction',
    'the password is nowhere on the page',
    'still shown after the switch, with the day it is wiped',
  ],
  R10: [
    'the shared address is the support email, the person who signs in is somebody else',
    'incoming signs in as the shared address, outgoing as the person with From the shared address',
    'the probe tries the person, then the shared address, and remembers what worked',
    'missing Full Access, missing Send As and SMTP AUTH off are told apart',
    'Send As is proved by one announced test mail, recognised on arrival, no ticket, removed',
    'an address without a mailbox of its own is named as the likely cause with three ways out',
    'several addresses on one mailbox: a reply leaves from the one the customer wrote to',
  ],
  R11: [
    'a personal account uses its own SMTP host',
    'IMAP switched off is named with its setting',
    'a registration that does not allow personal accounts is noticed before the redirect',
  ],
  R12: [
    'Reauthorization required stands in the row and on the page after the password changed',
    'user name and password in one form bring it back',
    'a provider that takes no account password offers an app password or its sign-in',
  ],
  R13: [
    'the sentence names the provider',
    'Sign in with Microsoft from the banner repairs it, and the sign-in itself saves',
  ],
  R14: [
    'Gmail connects by Google sign-in',
    'a refresh without a new refresh token keeps working',
    'a password change at Google ends the grant and says so',
    'an unticked scope at consent is named and nothing is replaced',
    'six months idle and 100 grants per account are told as the possible ends',
  ],
  R20: [
    'every sign-in has an expected end with its source',
    'a Microsoft window is pushed on by every refresh and shows no end expected',
    'a fixed end told by the provider is shown with its day',
    'a tenant policy learned from AADSTS70043 is shown',
    'an admin enters a number of days for a mailbox',
  ],
  R21: [
    'from 10 days before an end that no refresh can push, the alert stands in the agreed words',
    'its first link opens the support emails with those mailboxes marked, its second help',
    'a life under 30 days warns in its last third',
    'other ends (app secret, Basic retirement) say what ends',
    'a refreshed mailbox 100 days old has no banner; one whose refreshing is blocked has one',
  ],
  R22: [
    'Admin > Emails leads to Support emails',
    'Edit, Reauthenticate, the provider: at any time, healthy or not',
    'those that need it first, a filter by state, a column signs in by',
  ],
  R23: [
    'admins and the owner of the sign-in are told by email 10, 3 and 1 days before',
    'told at once on loss, never through the mailbox in trouble',
    'the owner is told in plain words with a sign-in link',
    'nobody can be told by email is a state shown',
  ],
  R24: [
    'fetching stops at once when the provider refuses',
    'since when, what is held exactly, and what usually waits',
  ],
  R25: [
    'everything missed comes in by itself',
    'mail in other folders or Junk is counted and offered',
    'no automatic reply to mail older than four hours',
    'mail answered from Outlook meanwhile arrives as answered outside with that answer',
  ],
  R26: [
    'a forwarded mail, inline from Gmail or Outlook, becomes a ticket of its original sender',
    'attached, several at once and weeks old, each becomes its own ticket',
    'a forward and its original are one ticket, whichever comes first',
    'agents, owners and a list may forward; others may not',
  ],
  R27: [
    'one sign-in repairs every mailbox of the same account',
    'the queue is grouped by the account that can repair them and shows progress',
    'shared mailboxes are proved one by one',
  ],
  R28: [
    'before the sign-in the page says who is expected',
    'a wrong account is refused and nothing changes',
    'Try again forces the account picker',
    'Use the other account from now on is explicit',
    'a renamed person is not a wrong account',
  ],
  H1: [
    'Sign in without an app registration opens a guide, not an error',
    'numbered clicks in the console with every value to copy, and a script that does the same',
    'a page to send to whoever may do it',
    'Test this registration names the wrong field',
    'a second secret beside the first repairs all its mailboxes without a sign-in',
    'Google: Internal, published or Testing, and what each means',
    'several registrations, one default per provider',
  ],
  H2: [
    'a consent link to send, and waiting for approval since',
    'when it comes back only the sign-in is left',
    'a sign-in that never came back asks what Microsoft showed, and answers the pasted text',
  ],
  H3: [
    'the public address is asked at first start and checked from the browser',
    'https or localhost is demanded before a registration is made',
    'a changed address is noticed',
  ],
};
