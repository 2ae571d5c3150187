export const name = 'second';
