// Parts of process that few programs use, evaluated at their first use.
import * as native from 'internal:process';
import { ERR_UNKNOWN_CREDENTIAL } from './errors.js';
import { names } from './registry.js';

/** The lines of /etc/passwd or /etc/group as lists of fields. */
function accounts(path) { return native.readAccounts(path).split('\n').map((line) => line.split(':')); }

// A field's number; undefined for what is none, which must not become 0. 2 ** 32 - 1 is no id.
function toId(field) { return /^\d+$/.test(field) && +field < 0xffffffff ? +field : undefined; }

// The number of what `id` names; undefined when nothing has that name.
function findId(path, id) { return toId(typeof id === 'number' ? `${id}` : accounts(path).find(([name]) => name === id)?.[2]); }

function toUser(user) {
  const id = findId('/etc/passwd', user);
  if (id === undefined) throw new ERR_UNKNOWN_CREDENTIAL('User', user);
  return id;
}

function toGroup(group) {
  const id = findId('/etc/group', group);
  if (id === undefined) throw new ERR_UNKNOWN_CREDENTIAL('Group', group);
  return id;
}

/** setuid, setgid, seteuid and setegid, of a number or a name. */
export function setId(call, id) { native.setId(call, call.endsWith('uid') ? toUser(id) : toGroup(id)); }

export function setGroups(groups) { native.setGroups(groups.map(toGroup), 'setgroups'); }

/** The groups that list the user as a member, and `extraGroup`. */
export function initGroups(user, extraGroup) {
  const name = typeof user === 'string' ? user : accounts('/etc/passwd').find(([, , id]) => id === `${user}`)?.[0];
  if (name === undefined) throw new ERR_UNKNOWN_CREDENTIAL('User', user);
  const groups = new Set([toGroup(extraGroup)]);
  for (const [, , field, members] of accounts('/etc/group')) {
    const id = toId(field);
    if (id !== undefined && members?.split(',').includes(name)) groups.add(id);
  }
  native.setGroups([...groups], 'initgroups');
}

/** Node's old way to its insides. Of those old programs want to know what is built in; there are no sources. */
export function binding(name) {
  if (name !== 'natives') throw new Error(`No such module: ${name}`);
  const builtin = names().filter((each) => each.startsWith('node:'));
  return Object.fromEntries(builtin.map((each) => [each.slice('node:'.length), '']));
}
