export const prefix = 'the module says';
