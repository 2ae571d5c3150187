import 'node:nonsense';
