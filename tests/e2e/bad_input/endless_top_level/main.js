import 'node:fs';
for (;;);
