console.log('runs for its effects');
export const unused = 1;
