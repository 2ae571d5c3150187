import { SERVER, CLIENT } from 'dv8:openssl';
console.log(SERVER, CLIENT);
