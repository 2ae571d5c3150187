import punycode from 'punycode'
export const encoded = punycode.encode('x')
