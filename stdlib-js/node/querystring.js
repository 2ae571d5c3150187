// node:querystring, by npm's querystring-es3.
import npm from 'querystring-es3';

export default npm;
