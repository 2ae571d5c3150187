// Asks https://localhost:PORT by Node's client and by fetch(); prints how each fares and how many authorities it trusts.
import https from 'node:https';
import tls from 'node:tls';

const url = `https://localhost:${process.argv[2]}/`;
const asked = await new Promise((resolve) => {
  https.get(url, { agent: false }, (response) => resolve(response.resume().statusCode)).on('error', (error) => resolve(error.code));
});
const fetched = await fetch(url).then(async (response) => {
  await response.text();
  return response.status;
}, (error) => error.cause.code);
const roots = tls.rootCertificates.length;
console.log(asked, fetched, roots > 100 ? 'many' : roots);
process.exit();
