// What a WebAssembly module imports goes in.
import { run } from './main.wasm';

run();
