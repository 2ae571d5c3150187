export let ready = false;
await null;
ready = true;
