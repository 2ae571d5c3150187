import { openSync } from 'node:fs';

function opens(): number {
  return openSync('/dev/null');
}
const file = opens();
dv8.main(() => console.log(file));
