import { parse } from './common.mjs';
parse('GET / HTTP/1.0\r\n\r\n');
parse('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
parse('GET /w HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x01');
