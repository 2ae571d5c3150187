import { first } from 'names';

export const name = first();
