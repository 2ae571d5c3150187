// node:string_decoder, by the npm package that is Node's own code.
import npm from 'string_decoder/';

export default npm;
