// node:punycode, by the npm package that Node's own copy comes from.
import npm from 'punycode/';

export default npm;
