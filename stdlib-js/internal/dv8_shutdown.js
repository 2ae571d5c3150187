export function shutdown() {}
