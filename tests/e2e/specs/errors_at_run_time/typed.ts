import { value } from './values.mjs';

export default function assign(): void { (value as number) = 3; }
