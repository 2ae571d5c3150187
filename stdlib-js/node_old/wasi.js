// node:wasi: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';

export default notSupportedAll('node:wasi', 'WASI');
