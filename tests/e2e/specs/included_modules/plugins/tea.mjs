import { cup } from './shared/cup.mjs';
export default cup('tea');
