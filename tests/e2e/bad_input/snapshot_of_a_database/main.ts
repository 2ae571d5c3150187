import { DatabaseSync } from 'node:sqlite';

function opens(): DatabaseSync {
  return new DatabaseSync(':memory:');
}
const db = opens();
dv8.main(() => db.close());
