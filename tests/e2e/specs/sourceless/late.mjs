// obelisk
export const answer = 42;
export default ['a', 'b'];
