// nodemailer, to an SMTP server with STARTTLS and a password.
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import nodemailer from 'nodemailer';
import { SMTPServer } from 'smtp-server';

const pem = readFileSync(process.argv[2]);
const seen = [];
const server = new SMTPServer({
  key: pem,
  cert: pem,
  authMethods: ['PLAIN', 'LOGIN'],
  onAuth: ({ username, password }, { secure }, done) => (password === 'secret' && secure ? done(null, { user: username }) : done(new Error('refused'))),
  async onData(stream, { secure, tlsOptions, envelope }, done) {
    let text = '';
    for await (const chunk of stream) text += chunk;
    seen.push([secure, tlsOptions.name !== undefined, envelope.mailFrom.address, envelope.rcptTo.map(({ address }) => address), text]);
    done(null, 'kept');
  },
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.server.address();
const options = { host: '127.0.0.1', port, requireTLS: true, tls: { ca: pem, servername: 'localhost' } };
const message = {
  from: 'a@example', to: ['b@example', 'c@example'], subject: 'Grüße', text: 'hello', html: '<b>hello</b>', messageId: '<1@a>', date: new Date(0),
  attachments: [{ filename: 'a.bin', content: Buffer.alloc(1000, 7) }],
};
const mailer = nodemailer.createTransport({ ...options, auth: { user: 'me', pass: 'secret' } });
console.log(await mailer.verify());
const { accepted, response } = await mailer.sendMail(message);
console.log(accepted, response);
const [secure, named, from, to, text] = seen[0];
console.log(secure, named, from, to, /^Subject: =\?UTF-8\?Q\?Gr=C3=BC=C3=9Fe\?=\r$/m.test(text), text.includes('multipart/mixed'));
mailer.close();
await nodemailer.createTransport({ ...options, auth: { user: 'me', pass: 'wrong' } }).sendMail(message).catch((error) => console.log(error.code, error.responseCode));
await nodemailer.createTransport({ ...options, tls: {} }).sendMail(message).catch((error) => console.log(error.code));
server.close();
