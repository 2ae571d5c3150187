export { name } from './tools.mjs'
