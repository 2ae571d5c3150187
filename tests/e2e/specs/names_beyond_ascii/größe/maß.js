export const größe = __size(new URL(import.meta.url).pathname);
function __size(path) { return decodeURIComponent(path).split('/').pop(); }
