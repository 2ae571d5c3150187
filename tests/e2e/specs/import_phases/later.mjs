console.log('evaluated'); export const value = 7;
