export type Name = string;
export const names = (): Name[] => ['a'];
