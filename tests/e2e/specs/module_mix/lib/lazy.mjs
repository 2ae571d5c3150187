export const loaded = 'lazily';
export default 'lazy';
