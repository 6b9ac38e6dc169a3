// Seeds the demo as people would: through the pages' forms and the provider's, and by mail.
import { Desk, AGENT } from '../support/desk.mjs';

const MAILS = [
  ['returns@contoso.example', 'Mia Lind <mia@customer.example>', 'The T-40 arrived with a dent', 'Hello,\n\nthe T-40 came today with a dent in its lid. Photo attached.\n\nCan I send it back?\n\nMia', { attachments: [{ name: 'dent.jpg', type: 'image/jpeg', bytes: 48_000 }] }],
  ['returns@contoso.example', 'Priya Nair <priya@customer.example>', 'Return label for order 20418', 'Dear team,\n\nyou promised a return label. It has not come.\n\nPriya Nair'],
  ['care@northwind.example', 'Jonas Weber <jonas@customer.example>', 'How often does the filter need changing?', 'Hi,\n\nwe change it once a year. Is that enough?\n\nJonas', { html: '<p>Hi,</p><p>we change it <b>once a year</b>. Is that enough?</p><img src="http://tracker.customer.example/pixel.gif" alt=""><p>Jonas</p>' }],
  ['support@contoso.example', 'Mia Lind <mia@customer.example>', 'Cannot sign in to the portal', 'It says that my account is locked.\n\nMia'],
  ['support@contoso.example', 'Priya Nair <priya@customer.example>', 'Quote for 12 units', 'We would like a quote for 12 units of the T-40, delivered in January.\n\nPriya'],
  ['orders@contoso.example', 'Jonas Weber <jonas@customer.example>', 'Order 20441: change of address', 'Please deliver to the side entrance.\n\nJonas'],
  ['help@fabrikam.example', 'Priya Nair <priya@customer.example>', 'The sensor reads 0', 'Since Monday the sensor reads 0. We restarted it twice.\n\nPriya'],
  ['hello@litware.example', 'Mia Lind <mia@customer.example>', 'Invoice 4711 is wrong', 'You billed two, I ordered one.\n\nMia'],
  ['ben@fabrikam.example', 'Jonas Weber <jonas@customer.example>', 'When do you open on Saturday?', 'Nine or ten?\n\nJonas'],
];

export async function seed(rig, mailkeep, say) {
  const desk = new Desk(mailkeep);
  say('The first admin, and an app registration at Microsoft and Google');
  await desk.open();
  const agent = await desk.invite(AGENT);

  say('returns@contoso.example and care@northwind.example: connected by sign-in');
  await desk.bySignIn('returns@contoso.example', { password: 'returns-pass', name: 'Contoso returns' });
  await desk.bySignIn('care@northwind.example', { password: 'care-pass', name: 'Northwind care', short: 'Google' });
  say('support@contoso.example: a shared mailbox, it@contoso.example signs in');
  await desk.bySignIn('support@contoso.example', { as: 'it@contoso.example', password: 'it-pass', name: 'Contoso support' });
  say('orders@contoso.example: by password at Microsoft (Basic authentication)');
  const exchange = { in_host: 'outlook.office365.example', in_port: String(rig.port('EXCHANGE_IMAPS')), in_tls: 'implicit', out_host: 'smtp.office365.example', out_port: String(rig.port('EXCHANGE_SMTP')), out_tls: 'starttls' };
  await desk.byPassword('orders@contoso.example', { password: 'orders-pass', provider: 'other', name: 'Contoso orders', servers: exchange });
  say('help@fabrikam.example, hello@litware.example: connected, for now');
  const help = await desk.bySignIn('help@fabrikam.example', { password: 'help-pass', name: 'Fabrikam help' });
  const hello = await desk.byPassword('hello@litware.example', { password: 'hello-pass', name: 'Litware' });
  say('ben@fabrikam.example: SMTP AUTH is off, so outgoing is blocked');
  await rig.call('/front/smtp-auth', { user: 'ben@fabrikam.example', enabled: false });
  await desk.bySignIn('ben@fabrikam.example', { password: 'ben-pass', name: 'Ben Fields' });

  say('Customers write, the agent answers some');
  for (const [to, from, subject, text, more] of MAILS) await rig.send({ from, to, subject, text, ...more });
  // All of them first: an answered ticket leaves the list of open ones.
  for (const [, , subject] of MAILS) await desk.ticket(subject);
  const answer = async (subject, text) => { const { id } = await desk.ticket(subject, { who: agent }); await desk.reply(id, text, agent); return id; };
  await answer('Return label for order 20418', 'Dear Priya,\n\nit is attached to the mail that left a minute ago. Sorry for the wait.\n\nJonas');
  await answer('How often does the filter need changing?', 'Hi Jonas,\n\nonce a year is right for one household.\n\nJonas (we share the name)');
  await answer('Quote for 12 units', 'Dear Priya,\n\nyou have it by tomorrow noon.\n\nJonas');

  say('help@fabrikam.example: its sign-in is revoked; more mail comes, a reply is held');
  await rig.call('/idp/revoke', { account: 'help@fabrikam.example', reason: 'admin', access: true });
  await rig.call('/mail/kick', { user: 'help@fabrikam.example' });
  say('hello@litware.example: its password is changed');
  await rig.call('/mail/password', { user: 'hello@litware.example', password: 'hello-new-pass' });
  await rig.call('/mail/kick', { user: 'hello@litware.example' });
  await desk.mailboxSays(help, 'credentials have expired');
  await answer('The sensor reads 0', 'Dear Priya,\n\nplease hold its button for ten seconds. Does it read 0 then, too?\n\nJonas');
  await rig.send({ from: 'Priya Nair <priya@customer.example>', to: 'help@fabrikam.example', subject: 'The second sensor, too', text: 'Now both read 0.\n\nPriya' });
  await rig.send({ from: 'Mia Lind <mia@customer.example>', to: 'help@fabrikam.example', subject: 'Spare parts', text: 'Where do I order spare parts?\n\nMia', count: 3 });
  await answer('When do you open on Saturday?', 'At nine.\n\nJonas');
  await desk.mailboxSays(hello, 'Reauthorization required');

  return {
    lost: 'help@fabrikam.example', refused: 'hello@litware.example', newPassword: 'hello-new-pass', blocked: 'ben@fabrikam.example', basic: 'orders@contoso.example',
    accounts: [
      ['help@fabrikam.example', 'help-pass', 'its sign-in was revoked'], ['orders@contoso.example', 'orders-pass', 'by password so far'], ['it@contoso.example', 'it-pass', 'for the shared support@contoso.example, and an admin there'],
      ['anna@contoso.example', 'anna-pass', 'another one, to try the wrong account'], ['returns@contoso.example', 'returns-pass', 'healthy'], ['ben@fabrikam.example', 'ben-pass', 'SMTP AUTH is off'], ['care@northwind.example', 'care-pass', 'healthy, at Google'],
    ],
  };
}
