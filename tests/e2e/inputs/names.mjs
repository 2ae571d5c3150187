import { last } from 'last';

export const first = () => `first ${last}`;
