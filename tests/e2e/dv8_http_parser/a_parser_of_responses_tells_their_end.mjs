import { HTTPParser, RESPONSE } from 'dv8:httpParser';
const input = Buffer.from('HTTP/1.1 204 No\r\n\r\n'),
  parser = new HTTPParser();
parser.setup(input, Buffer.alloc(64));
parser.reset(RESPONSE);
parser.onResponse(() => console.log('response'));
parser.execute(input.length);
