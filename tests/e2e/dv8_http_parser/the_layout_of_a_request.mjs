import { parse } from './common.mjs';
parse('PUT /a?b=c HTTP/1.1\r\nHost: x\r\nA-Long-Name:  value with blanks\r\n\r\n');
