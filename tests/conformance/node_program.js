// What Node's own tests run with in place of `node`.
import 'dv8:node';
