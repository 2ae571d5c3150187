// pg, to PostgreSQL over TLS: database.js CERTIFICATE PORT.
import { readFileSync } from 'node:fs';
import pg from 'pg';

const [, , certificate, port] = process.argv;
const place = { host: '127.0.0.1', port: Number(port), user: 'tester', password: 'secret', database: 'postgres', ssl: { ca: readFileSync(certificate), servername: 'localhost' } };
const client = new pg.Client(place);
await client.connect();
console.log((await client.query('SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).rows, client.connection.stream.getProtocol());
await client.query('CREATE TEMP TABLE items (id serial PRIMARY KEY, name text, data jsonb, bytes bytea, made timestamptz, list int[])');
const { rows: [row] } = await client.query(
  'INSERT INTO items (name, data, bytes, made, list) VALUES ($1, $2, $3, $4, $5) RETURNING *',
  ['grüße', { a: [1, null] }, Buffer.from([0, 1, 255]), new Date(0), [1, 2, 3]]);
console.log(row);
await client.query({ name: 'many', text: 'INSERT INTO items (name) SELECT $1 || n FROM generate_series(1, $2::int) n', values: ['n', 5000] });
console.log((await client.query({ text: 'SELECT count(*)::int AS n, max(length(name)) AS l FROM items', rowMode: 'array' })).rows);
await client.query('SELECT nothing').catch((error) => console.log(error.code, error.severity, error.position));
await client.query('BEGIN');
await client.query('DELETE FROM items');
await client.query('ROLLBACK');
console.log((await client.query('SELECT count(*) FROM items')).rows[0]);
const heard = new Promise((resolve) => client.on('notification', resolve));
await client.query('LISTEN news');
const pool = new pg.Pool({ ...place, max: 4 });
await pool.query("NOTIFY news, 'hello'");
console.log((await heard).payload);
const sums = await Promise.all(Array.from({ length: 200 }, (_, i) => pool.query('SELECT $1::int * 2 AS n', [i])));
console.log(sums.reduce((sum, { rows: [{ n }] }) => sum + n, 0), pool.totalCount);
await pool.end();
await client.end();
await new pg.Client({ ...place, password: 'wrong' }).connect().catch((error) => console.log(error.code));
await new pg.Client({ ...place, ssl: true }).connect().catch((error) => console.log(error.code));
