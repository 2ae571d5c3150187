import { live } from './a.mjs';
export default `late ${live} ${import.meta.main}`;
