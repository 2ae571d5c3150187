import { parse } from './common.mjs';
parse(
  'POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n' +
    'GET /d HTTP/1.1\r\n\r\n'.repeat(2),
);
