export const cup = (what) => `a cup of ${what}`;
