let reads = 0;
Object.defineProperty(exports, 'name', { enumerable: true, get: () => ++reads });
