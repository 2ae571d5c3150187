import 'node:pathh';
